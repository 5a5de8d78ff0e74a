import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Answers, type Asked, serve, written } from "../../test/house";
import { discard, forgetAll, onDesk, save, show, type, useWorks } from "./keeper";
import { opened } from "./work";

const fresh = opened(null, null);
const sofa = { dispositions: ["7"], notes: "wants a sofa" };
const bodies = (all: Asked[]) => written(all).map(({ path, body }) => [path.split("/").at(-1), body]);
const turn = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("what is typed about a call reaches the server", () => {
  let asked: Asked[];
  let answers: Answers;
  beforeEach(() => {
    vi.useFakeTimers();
    answers = () => ({ status: 204 });
    asked = serve((one) => answers(one));
    onDesk(["9"]);
  });
  afterEach(() => {
    forgetAll();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("as a draft two seconds after it was typed, choices as well as notes", async () => {
    type("9", { notes: "wants" }, fresh);
    type("9", { dispositions: ["7"] }, fresh);
    await turn(1_900);
    expect(asked).toEqual([]);
    await turn(200);
    expect(bodies(asked)).toEqual([["draft", { dispositions: ["7"], notes: "wants" }]]);
    expect(useWorks.getState().all["9"]?.state).toBe("kept");
    await turn(10_000);
    expect(asked).toHaveLength(1);
  });

  it("at once when the card goes, as when wrap-up runs out, and the person is told", async () => {
    type("9", { notes: "wants a sofa" }, fresh);
    onDesk([]);
    expect(useWorks.getState().left).toEqual({ call: "9" });
    await turn(0);
    expect(bodies(asked)).toEqual([["draft", { dispositions: [], notes: "wants a sofa" }]]);
    expect(useWorks.getState().all).toEqual({});
  });

  it("and where the draft was there before the card went, the list of unfinished calls is asked for again", async () => {
    type("9", { notes: "wants a sofa" }, fresh);
    await turn(2_000);
    const before = useWorks.getState().kept;
    onDesk([]);
    await turn(0);
    expect([asked.length, useWorks.getState().kept]).toEqual([1, before + 1]);
  });

  it("again and again while the server is away, and it is not let go before", async () => {
    answers = () => ({ status: 503, body: { code: "database_away" } });
    type("9", { notes: "x" }, fresh);
    onDesk([]);
    await turn(3_000);
    expect(useWorks.getState().all["9"]).toMatchObject({ notes: "x", state: "failed" });
    answers = () => ({ status: 204 });
    await turn(2_000);
    expect(useWorks.getState().all).toEqual({});
  });

  it("not again where it was refused for good, until more is typed", async () => {
    answers = () => ({ status: 422, body: { code: "invalid" } });
    type("9", { notes: "x" }, fresh);
    await turn(20_000);
    expect([asked.length, useWorks.getState().all["9"]?.state]).toEqual([1, "refused"]);
    type("9", { notes: "y" }, fresh);
    await turn(2_000);
    expect(asked).toHaveLength(2);
  });

  it("typed while it is being saved, it stays on the screen and becomes a draft", async () => {
    let answer = () => {};
    answers = ({ path }) =>
      path.endsWith("/disposition") ? new Promise((done) => (answer = () => done({ status: 204 }))) : { status: 204 };
    type("9", sofa, fresh);
    const saving = save("9", fresh, false);
    await turn(0);
    type("9", { notes: "wants a sofa, red" }, fresh);
    answer();
    await saving;
    expect(useWorks.getState().all["9"]).toMatchObject({ notes: "wants a sofa, red", saved: sofa });
    await turn(2_000);
    expect(bodies(asked).at(-1)).toEqual(["draft", { dispositions: ["7"], notes: "wants a sofa, red" }]);
  });

  it("typed while saving and finishing, it is saved as well before the call is finished", async () => {
    answers = ({ path }) => {
      if (written(asked).length === 1) type("9", { notes: `${sofa.notes}, red` }, fresh);
      return path ? { status: 204 } : undefined;
    };
    type("9", sofa, fresh);
    await save("9", fresh, true);
    expect(bodies(asked)).toEqual([
      ["disposition", sofa],
      ["disposition", { ...sofa, notes: "wants a sofa, red" }],
    ]);
  });

  it("in order: a draft on its way arrives before the saving that ends it, and none follows", async () => {
    let answer = () => {};
    answers = ({ path }) =>
      path.endsWith("/draft") ? new Promise((done) => (answer = () => done({ status: 204 }))) : { status: 204 };
    type("9", sofa, fresh);
    await turn(2_000);
    const saving = save("9", fresh, false);
    await turn(0);
    expect(bodies(asked).map(([what]) => what)).toEqual(["draft"]);
    answer();
    await saving;
    onDesk([]);
    await turn(20_000);
    expect(bodies(asked).map(([what]) => what)).toEqual(["draft", "disposition"]);
    expect(useWorks.getState()).toMatchObject({ all: {}, left: null });
  });

  it("and a form that shows it keeps it here; thrown away, the draft goes and what was saved is back", async () => {
    onDesk([]);
    const close = show("9");
    const first = opened({ dispositions: [], notes: "wants a" }, sofa);
    expect(discard("9", first)).toEqual({ dispositions: [], notes: "wants a" });
    await turn(0);
    expect(bodies(asked)).toEqual([["draft", { dispositions: [], notes: "" }]]);
    expect(useWorks.getState().all["9"]).toMatchObject(sofa);
    close();
    await turn(0);
    expect(useWorks.getState().all).toEqual({});
  });
});
