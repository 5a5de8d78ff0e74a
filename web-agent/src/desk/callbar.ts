// Which buttons a card shows and which of them live. The server's `allowed` decides; this only arranges. Pure.

import type { CallAction, CallCard } from "../contract.gen";
import { may } from "./fold";
import type { KeyAction } from "./keys";

export type BarButton = {
  action: CallAction;
  live: boolean;
  key: KeyAction | null;
  look: "go" | "end" | "on" | "plain";
};

export function barFor(card: CallCard): BarButton[] {
  const button = (action: CallAction, key: KeyAction | null = null, look: BarButton["look"] = "plain"): BarButton => ({
    action,
    live: may(card, action),
    key,
    look,
  });
  if (card.state === "ringing" || card.state === "connecting") {
    return [button("answer", "answer", "go"), button("reject", "reject", "end")];
  }
  if (card.state === "wrap_up") return [button("extend_wrap_up"), button("end_wrap_up", "finish", "go")];
  return [
    card.muted ? button("unmute", "mute", "on") : button("mute", "mute"),
    card.state === "held" ? button("resume", "hold", "on") : button("hold", "hold"),
    button("send_digits", "keypad"),
    button("transfer", "transfer"),
    card.recording === "paused" ? button("resume_recording", null, "on") : button("pause_recording"),
    button("hangup", "hangup", "end"),
  ];
}

/** What a shortcut does to this card now; null where it is not allowed. */
export function actionOf(card: CallCard | null, key: KeyAction): CallAction | null {
  return (card && barFor(card).find((one) => one.key === key && one.live)?.action) ?? null;
}
