import { expect, it } from "vitest";
import type { CallAction, CallCard } from "../contract.gen";
import { actionOf, barFor } from "./callbar";

const card = (state: CallCard["state"], allowed: CallAction[], over: Partial<CallCard> = {}) =>
  ({ state, allowed, muted: false, recording: "on", ...over }) as CallCard;
const all: CallAction[] = [
  "answer",
  "reject",
  "hold",
  "resume",
  "mute",
  "unmute",
  "send_digits",
  "transfer",
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
