import { expect, it } from "vitest";
import type { CallAction, CallCard } from "../contract.gen";
import { actionOf, barFor } from "./callbar";

const card = (state: CallCard["state"], allowed: CallAction[], over: Partial<CallCard> = {}) =>
  ({ state, allowed, muted: false, recording: "on", others: [], askedBy: null, ...over }) as unknown as CallCard;
const all: CallAction[] = [
  "answer",
  "reject",
  "hold",
  "resume",
  "mute",
  "unmute",
  "send_digits",
  "transfer",
  "park",
  "consult",
  "swap",
  "join",
  "complete",
  "drop",
  "pause_recording",
  "resume_recording",
  "hangup",
  "end_wrap_up",
  "extend_wrap_up",
  "dispose",
];

it("in every state a button lives exactly when the server allows its action", () => {
  for (const state of ["ringing", "connecting", "talking", "held", "wrap_up"] as const) {
    expect(barFor(card(state, [])).some((one) => one.live)).toBe(false);
    for (const action of all) {
      const live = barFor(card(state, [action]))
        .filter((one) => one.live)
        .map((one) => one.action);
      expect(live.every((one) => one === action)).toBe(true);
    }
    expect(barFor(card(state, all)).every((one) => one.live)).toBe(true);
  }
});

it("a phone that the button cannot reach shows Answer dead, and the shortcut does nothing", () => {
  const ringing = card("ringing", ["reject"]);
  expect(barFor(ringing)[0]).toMatchObject({ action: "answer", live: false });
  expect(actionOf(ringing, "answer")).toBeNull();
  expect(actionOf(ringing, "reject")).toBe("reject");
});

it("one key toggles: hold and resume, mute and unmute", () => {
  expect(actionOf(card("talking", all), "hold")).toBe("hold");
  expect(actionOf(card("held", all), "hold")).toBe("resume");
  expect(actionOf(card("talking", all, { muted: true }), "mute")).toBe("unmute");
});

it("no card, no action", () => expect(actionOf(null, "hangup")).toBeNull());

it("the bar is that of how the agent is with whoever was asked", () => {
  const other = (state: string) => ({ leg: "7", agent: "8", name: "Ben", state });
  const bar = (over: object) => barFor(card("talking", all, over)).map((one) => one.label);
  expect(bar({ others: [other("ringing")] })).toEqual(["call_off", "transfer", "pause_recording"]);
  expect(bar({ others: [other("joined"), other("apart")] })).toEqual([
    "complete",
    "swap",
    "join",
    "mute",
    "send_digits",
    "pause_recording",
    "drop",
  ]);
  expect(bar({ others: [other("joined")] })).toContain("hangup_all");
  expect(bar({ inFlow: { flow: "check", since: 1 } })).toEqual(["mute", "take_back", "leave_flow"]);
  expect(bar({ askedBy: "Ann", others: [other("leads")] })).toEqual(["mute", "leave"]);
});

it("Transfer's key asks somebody more into a conference", () =>
  expect(
    actionOf(card("talking", all, { others: [{ leg: "7", agent: "8", name: "Ben", state: "joined" }] }), "transfer"),
  ).toBe("consult"));

it("of a call at a PBX only what the PBX can do has a button", () => {
  const there = { pbx: "Office PBX" };
  const bar = (state: CallCard["state"], allowed: CallAction[]) =>
    barFor(card(state, allowed, there)).map((one) => one.action);
  expect(bar("ringing", [])).toEqual([]);
  expect(bar("talking", ["send_digits", "transfer", "hangup", "pause_recording"])).toEqual([
    "send_digits",
    "transfer",
    "pause_recording",
    "hangup",
  ]);
});
