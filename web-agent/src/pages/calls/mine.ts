// What a call holds of one agent: whether it was theirs, and their last word on it. Pure.

import type { Segment } from "../../api";
import type { Event } from "../../contract.gen";
import type { Typed } from "../../desk/work";

const parts = ["talk", "hold", "consult", "wrap_up"];

/** Talked in it; a call that only rang somewhere was nobody's. */
export const tookPart = (segments: Pick<Segment, "kind" | "agent">[], agent: string): boolean =>
  segments.some((one) => one.agent?.id === agent && parts.includes(one.kind));

/** What this agent saved last; each agent's last word stands. */
export function lastWord(events: Event[], agent: string): Typed | null {
  for (const event of [...events].reverse()) {
    if (event.kind === "disposition_saved" && event.agent === agent)
      return { dispositions: event.dispositions, notes: event.notes };
  }
  return null;
}
