import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, open, serve, speak, written } from "../../../test/house";
import type { InteractionDetail } from "../../api";
import { forgetAll } from "../../desk/keeper";
import { setupKey } from "../desk/SeatControl";
import { lastWord, tookPart } from "./mine";
import { OwnWork } from "./OwnWork";

const ann = { id: "1", name: "Ann" };
const segment = { kind: "wrap_up", began: 0, ended: 1, agent: ann, queue: null, outcome: null } as const;
const leaf = { id: "71", nameZh: "家具", nameEn: "Furniture", queues: [], children: [] };
const setup = { reasons: [], dispositions: [leaf], queues: [], stations: [], agents: [] };
const saved = { kind: "disposition_saved", agent: "1", dispositions: ["71"], notes: "wants a sofa" } as never;
const call = (over: Partial<InteractionDetail>) =>
  ({ id: "9", queue: null, segments: [segment], events: [], draft: null, ...over }) as InteractionDetail;
const show = (over: Partial<InteractionDetail>) => open(<OwnWork call={call(over)} fresh />, [[setupKey, setup]]);
const notes = () => screen.queryByLabelText("Notes") as HTMLTextAreaElement | null;

describe("my own word on a call that left my desk", () => {
  let asked: Asked[];
  const puts = () => written(asked).map((one) => [one.path.split("/").at(-1), one.body]);
  beforeEach(async () => {
    await speak();
    asked = serve(({ method }) => (method === "GET" ? {} : { status: 204 }));
  });
  afterEach(() => {
    forgetAll();
    vi.unstubAllGlobals();
  });

  it("what was typed when wrap-up ran out stands there, and is saved", async () => {
    show({ draft: { dispositions: ["71"], notes: "wants a sofa", at: 0 } });
    expect(notes()?.value).toBe("wants a sofa");
    expect(screen.getByRole("button", { name: /Furniture/ }).getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(notes()).toBeNull());
    expect(puts()).toEqual([["disposition", { dispositions: ["71"], notes: "wants a sofa" }]]);
  });

  it("a draft thrown away can be had back", async () => {
    show({ draft: { dispositions: [], notes: "wants a", at: 0 } });
    fireEvent.click(screen.getByRole("button", { name: "Discard the draft" }));
    await waitFor(() => expect(puts()).toEqual([["draft", { dispositions: [], notes: "" }]]));
    expect(notes()?.value).toBe("");
    fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(notes()?.value).toBe("wants a"));
  });

  it("what was saved is changed only when asked for", () => {
    show({ events: [saved] });
    expect(notes()).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: /Change my disposition or notes/ }));
    expect(notes()?.value).toBe("wants a sofa");
  });

  it("of somebody else's call there is no such form", () => {
    show({ segments: [{ ...segment, agent: { id: "2", name: "Ben" } }] });
    expect(notes()).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
  });
});

it("a call that only rang at my desk was not mine", () => {
  expect(tookPart([{ kind: "ring", agent: ann }], "1")).toBe(false);
  expect(tookPart([{ kind: "talk", agent: ann }], "1")).toBe(true);
});

it("each agent's last word stands", () => {
  const later = { kind: "disposition_saved", agent: "2", dispositions: [], notes: "called back" } as never;
  expect(lastWord([saved, later], "1")?.notes).toBe("wants a sofa");
  expect(lastWord([later], "1")).toBeNull();
});
