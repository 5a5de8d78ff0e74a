// Today's figures of the board, by the formulas of the metric list. Pure; sums only, averages last.

import type { LiveSnapshot } from "../../api";
import type { LiveQueue } from "../../contract.gen";
import type { Board } from "../../desk/fold";

export type Today = {
  waiting: number;
  oldest: number | null;
  offered: number;
  answered: number;
  abandoned: number;
  shortAbandoned: number;
  /** Answered within the target, and what that is measured against. */
  within: number;
  measured: number;
  waitMs: number;
};

export function today(queues: LiveQueue[]): Today {
  const sum = (of: (queue: LiveQueue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
  const oldest = queues.map((queue) => queue.oldest).filter((at) => at !== null);
  const [answered, abandoned] = [sum((q) => q.answered), sum((q) => q.abandoned)];
  return {
    waiting: sum((q) => q.waiting),
    oldest: oldest.length > 0 ? Math.min(...oldest) : null,
    offered: sum((q) => q.offered),
    answered,
    abandoned,
    shortAbandoned: sum((q) => q.shortAbandoned),
    within: sum((q) => q.withinTarget),
    // service_level: abandoned counts those after the short threshold only.
    measured: answered + abandoned,
    waitMs: answered > 0 ? sum((q) => q.waitMsSum) / answered : 0,
  };
}

export type Grade = "ok" | "warn" | "bad";
/** Against the usual aim of 80 %. Nothing measured is no grade. */
export function grade(part: number, whole: number): Grade | null {
  if (whole === 0) return null;
  const share = part / whole;
  return share >= 0.8 ? "ok" : share >= 0.6 ? "warn" : "bad";
}

/** A snapshot becomes the board, unless what streamed in is newer; then it only fills what is missing. */
export function seeded(board: Board | null, snapshot: LiveSnapshot): Board {
  const by = <T>(rows: T[], id: (row: T) => string) => Object.fromEntries(rows.map((row) => [id(row), row]));
  const fresh: Board = {
    at: snapshot.at,
    calls: by(snapshot.calls, (call) => call.interaction),
    agents: by(snapshot.agents, (agent) => agent.seat.agent),
    queues: by(snapshot.queues, (queue) => queue.queue),
  };
  if (!board || snapshot.at >= board.at) return fresh;
  return {
    at: board.at,
    calls: { ...fresh.calls, ...board.calls },
    agents: { ...fresh.agents, ...board.agents },
    queues: { ...fresh.queues, ...board.queues },
  };
}
