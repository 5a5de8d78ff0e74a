import { describe, expect, it } from "vitest";
import { drafted, edited, failed, opened, saved, unheard, unsaved } from "./work";

const sofa = { dispositions: ["7"], notes: "wants a sofa" };

describe("what is typed about a call", () => {
  it("begins with the draft where there is one, else with what was saved", () => {
    expect(opened({ dispositions: [], notes: "wants a" }, sofa)).toMatchObject({ notes: "wants a", saved: sofa });
    expect(opened(null, sofa)).toMatchObject(sofa);
    expect(unsaved(opened(null, sofa))).toBe(false);
    expect(unsaved(opened({ dispositions: ["7"], notes: "" }, null))).toBe(true);
  });

  it("typing on while a draft is on its way keeps what was typed, and it is still to be sent", () => {
    const sent = edited(opened(null, null), { notes: "wants a" });
    const now = drafted(edited(sent, { notes: "wants a sofa" }), sent);
    expect(now).toMatchObject({ notes: "wants a sofa", state: "typing" });
    expect(unheard(now)).toBe(true);
  });

  it("typing on while the outcome is being saved keeps what was typed", () => {
    const sent = edited(opened(null, null), sofa);
    const now = saved(edited(sent, { notes: "wants a sofa, red" }), sent);
    expect(now).toMatchObject({ notes: "wants a sofa, red", saved: { notes: "wants a sofa" } });
    expect([unheard(now), unsaved(now)]).toEqual([true, true]);
  });

  it("spaces at the ends are nothing to send", () => {
    expect(unheard(edited(opened(null, sofa), { notes: " wants a sofa\n" }))).toBe(false);
  });

  it("says whether the draft is kept, and typing back to what is kept is no typing", () => {
    const typed = edited(opened(null, null), { notes: "x" });
    expect(typed.state).toBe("typing");
    expect(drafted(typed, typed).state).toBe("kept");
    expect(failed(typed, false).state).toBe("failed");
    expect(failed(typed, true).state).toBe("refused");
    expect(edited(typed, { notes: "" }).state).toBe("none");
    expect(saved(typed, typed).state).toBe("none");
  });
});
