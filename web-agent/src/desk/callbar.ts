// Which buttons a card shows and which of them live. The server's `allowed` decides; this only arranges. Pure.

import type { CallAction, CallCard } from "../contract.gen";
import { may } from "./fold";
import type { KeyAction } from "./keys";

export type BarButton = {
  action: CallAction;
  live: boolean;
  key: KeyAction | null;
  look: "go" | "end" | "on" | "plain";
  /** The word on it, where it is not the action's own. */
  label: string;
};

/** How the agent is with those asked into the talk. */
export type Beside = "alone" | "flow" | "asking" | "consulting" | "conference" | "asked";

export function besideOf(card: CallCard): Beside {
  const others = (card.others ?? []).map((one) => one.state);
  if (card.askedBy) return "asked";
  if (card.inFlow) return "flow";
  if (others.includes("asked") || others.includes("ringing")) return "asking";
  if (others.includes("apart")) return "consulting";
  return others.length > 0 ? "conference" : "alone";
}

export function barFor(card: CallCard): BarButton[] {
  const all = arranged(card);
  // What a PBX never can has no place on the bar.
  return card.pbx ? all.filter((one) => one.live) : all;
}

function arranged(card: CallCard): BarButton[] {
  const button = (
    action: CallAction,
    key: KeyAction | null = null,
    look: BarButton["look"] = "plain",
    label: string = action,
  ): BarButton => ({ action, live: may(card, action), key, look, label });
  const mute = card.muted ? button("unmute", "mute", "on") : button("mute", "mute");
  const record = card.recording === "paused" ? button("resume_recording", null, "on") : button("pause_recording");
  if (card.state === "connecting")
    return [button("hangup", "hangup", "end", card.direction === "outbound" ? "call_off" : "hangup")];
  if (card.state === "ringing") {
    return [button("answer", "answer", "go"), button("reject", "reject", "end")];
  }
  if (card.state === "wrap_up") return [button("extend_wrap_up"), button("end_wrap_up", "finish", "go")];
  switch (besideOf(card)) {
    case "asked":
      return [mute, button("hangup", "hangup", "end", "leave")];
    case "flow":
      return [mute, button("resume", "hold", "go", "take_back"), button("hangup", "hangup", "end", "leave_flow")];
    case "asking":
      return [button("drop", "drop", "end", "call_off"), button("transfer", "transfer"), record];
    case "consulting":
      return [
        button("complete", "complete", "go"),
        button("swap", "swap"),
        button("join", "join"),
        mute,
        button("send_digits", "keypad"),
        record,
        button("drop", "drop", "end"),
      ];
    case "conference":
      return [
        mute,
        button("consult", "transfer", "plain", "add"),
        button("send_digits", "keypad"),
        record,
        card.state === "held" ? button("resume", "hold", "on") : button("complete", "complete", "plain", "leave"),
        button("hangup", "hangup", "end", "hangup_all"),
      ];
  }
  return [
    mute,
    card.state === "held" ? button("resume", "hold", "on") : button("hold", "hold"),
    button("send_digits", "keypad"),
    button("transfer", "transfer"),
    button("park", "park"),
    record,
    button("hangup", "hangup", "end"),
  ];
}

/** What a shortcut does to this card now; null where it is not allowed. */
export function actionOf(card: CallCard | null, key: KeyAction): CallAction | null {
  return (card && barFor(card).find((one) => one.key === key && one.live)?.action) ?? null;
}
