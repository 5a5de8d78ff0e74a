import { expect, it } from "vitest";
import type { LiveSnapshot } from "../../api";
import type { LiveQueue } from "../../contract.gen";
import { grade, seeded, today } from "./figures";

const queue = (over: Partial<LiveQueue>): LiveQueue => ({
  queue: "1",
  waiting: 0,
  oldest: null,
  ringing: 0,
  talking: 0,
  offered: 0,
  answered: 0,
  abandoned: 0,
  shortAbandoned: 0,
  withinTarget: 0,
  waitMsSum: 0,
  ...over,
});

it("figures of several queues are sums first and shares last", () => {
  const both = today([
    queue({
      answered: 8,
      withinTarget: 8,
      abandoned: 0,
      waitMsSum: 8000,
      waiting: 1,
      oldest: 500,
      offered: 9,
      shortAbandoned: 1,
    }),
    queue({ answered: 2, withinTarget: 0, abandoned: 2, waitMsSum: 12_000, waiting: 2, oldest: 100, offered: 4 }),
  ]);
  expect(both).toEqual({
    waiting: 3,
    oldest: 100,
    offered: 13,
    answered: 10,
    abandoned: 2,
    shortAbandoned: 1,
    within: 8,
    measured: 12,
    waitMs: 2000,
  });
});

it("a quiet day has no grade and no division by zero", () => {
  expect(today([])).toMatchObject({ oldest: null, waitMs: 0, measured: 0 });
  expect([grade(0, 0), grade(8, 10), grade(7, 10), grade(1, 10)]).toEqual([null, "ok", "warn", "bad"]);
});

it("a snapshot drops rows that went while nobody listened, and does not undo newer ones", () => {
  const snapshot = (at: number, ids: string[]) =>
    ({
      at,
      calls: ids.map((interaction) => ({ interaction, state: "waiting" })),
      agents: [],
      queues: [],
    }) as unknown as LiveSnapshot;
  const old = seeded(null, snapshot(10, ["a", "b"]));
  expect(Object.keys(seeded(old, snapshot(20, ["b"])).calls)).toEqual(["b"]);
  const newer = { ...old, at: 30, calls: { b: { ...old.calls.b, state: "talking" } } } as typeof old;
  expect(seeded(newer, snapshot(20, ["a", "b"])).calls).toMatchObject({
    a: { state: "waiting" },
    b: { state: "talking" },
  });
});
