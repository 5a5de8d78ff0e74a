import { describe, expect, it } from "vitest";
import type { CallCard, DeskMessage, Seat } from "../contract.gen";
import { emptyDesk, fold, inFocus, may, ringing } from "./fold";

const seat: Seat = {
  agent: "1",
  station: "2",
  status: { kind: "ready" },
  statusSince: 100,
  statusWhy: "chosen",
  activity: { kind: "idle" },
  activitySince: 100,
  health: "ok",
  next: null,
  hand: null,
};

function card(interaction: string, over: Partial<CallCard> = {}): CallCard {
  return {
    interaction,
    state: "ringing",
    direction: "inbound",
    caller: { raw: "13800138000", name: "", number: "+8613800138000", withheld: false },
    dialed: "4001",
    queue: "7",
    queueName: "Sales",
    vip: false,
    waitedMs: 4000,
    stateSince: 1000,
    until: 20_000,
    talkingSince: null,
    muted: false,
    recording: "off",
    pressed: [],
    candidates: [],
    customer: null,
    disposition: null,
    supervisedBy: [],
    askedBy: null,
    others: [],
    tags: [],
    inFlow: null,
    flowResults: [],
    pbx: null,
    allowed: ["answer", "reject"],
    ended: null,
    ...over,
  };
}

const snapshot = (n: number, cards: CallCard[] = []): DeskMessage => ({
  n,
  at: 1,
  kind: "snapshot",
  seat,
  cards,
  supervising: null,
  parked: [],
});
const said = (n: number, one: CallCard): DeskMessage => ({ n, at: n, kind: "card", card: one });
const gone = (n: number, interaction: string): DeskMessage => ({
  n,
  at: n,
  kind: "card_gone",
  interaction,
  why: "missed",
});

describe("the screen is a fold over desk messages", () => {
  it("a call rings, is answered, is wrapped up and leaves", () => {
    const steps = [
      snapshot(1),
      said(2, card("9")),
      said(3, card("9", { state: "talking", allowed: ["hold", "hangup"] })),
      said(4, card("9", { state: "wrap_up", allowed: ["end_wrap_up", "dispose"] })),
      gone(5, "9"),
    ];
    const seen = steps.map(
      (
        (state) => (message: DeskMessage) =>
          (state = fold(state, message))
      )(emptyDesk),
    );
    expect(seen.map((state) => state.cards.map((one) => one.state))).toEqual([
      [],
      ["ringing"],
      ["talking"],
      ["wrap_up"],
      [],
    ]);
    expect(seen.at(-1)?.gone).toEqual([{ interaction: "9", why: "missed", at: 5 }]);
  });

  it("a message applied twice changes nothing", () => {
    const messages: DeskMessage[] = [
      snapshot(1),
      said(2, card("9")),
      { n: 3, at: 3, kind: "seat", seat: { ...seat, status: { kind: "offline" } }, why: "desktop_lost" },
      { n: 4, at: 4, kind: "notice", level: "info", code: "x", values: [["a", "b"]] },
      gone(5, "9"),
    ];
    let state = emptyDesk;
    for (const message of messages) {
      state = fold(state, message);
      expect(fold(state, message)).toEqual(state);
    }
  });

  it("the talk I supervise comes and goes, and a snapshot says it whole", () => {
    const supervising = {
      interaction: "9",
      agent: "4",
      agentName: "Emma",
      caller: card("9").caller,
      mode: "listen" as const,
      connected: false,
      since: 5,
    };
    const rings = fold(fold(emptyDesk, snapshot(1)), { n: 2, at: 2, kind: "supervising", supervising });
    expect(rings.supervising).toEqual(supervising);
    const back = fold(emptyDesk, { n: 7, at: 7, kind: "snapshot", seat, cards: [], supervising, parked: [] });
    expect(back.supervising).toEqual(supervising);
    expect(fold(rings, { n: 3, at: 3, kind: "supervising", supervising: null }).supervising).toBeNull();
  });

  it("an old message after a newer one changes nothing", () => {
    const now = fold(fold(fold(emptyDesk, snapshot(1)), said(2, card("9"))), gone(3, "9"));
    expect(fold(now, said(2, card("9")))).toBe(now);
  });

  it("a skipped number changes nothing but asks for a resync, and a snapshot heals it", () => {
    const before = fold(emptyDesk, snapshot(1));
    const skipped = fold(before, said(3, card("9")));
    expect(skipped).toEqual({ ...before, gap: true });
    expect(fold(skipped, snapshot(7, [card("9")]))).toMatchObject({
      last: 7,
      gap: false,
      cards: [{ interaction: "9" }],
    });
  });

  it("the missing messages heal a gap too when they arrive in order", () => {
    let state = fold(fold(emptyDesk, snapshot(1)), said(3, card("9")));
    state = fold(fold(state, said(2, card("8"))), said(3, card("9")));
    expect(state.cards.map((one) => one.interaction)).toEqual(["8", "9"]);
    expect(state.gap).toBe(false);
  });

  it("a snapshot of a restarted server, whose numbers begin again, is believed", () => {
    const state = fold(fold(emptyDesk, snapshot(900, [card("9")])), snapshot(1));
    expect(state).toMatchObject({ last: 1, cards: [] });
  });

  it("a kind this page does not know is counted and ignored", () => {
    const before = fold(emptyDesk, snapshot(1, [card("9")]));
    const after = fold(before, { n: 2, at: 2, kind: "hologram" } as unknown as DeskMessage);
    expect(after).toEqual({ ...before, last: 2 });
  });

  it("answers to intents move no number", () => {
    const before = fold(emptyDesk, snapshot(5));
    expect(fold(before, { n: 0, at: 9, kind: "done", id: 4 })).toEqual(before);
  });

  it("a board keeps rows it is not told about and drops those that are gone", () => {
    const call = (interaction: string, state: "waiting" | "talking") =>
      ({ interaction, state }) as unknown as Extract<DeskMessage, { kind: "board" }>["calls"][number];
    type Board = Extract<DeskMessage, { kind: "board" }>;
    const agent = (id: string) => ({ seat: { agent: id } }) as unknown as Board["agents"][number];
    const queue = (id: string) => ({ queue: id }) as unknown as Board["queues"][number];
    const board = (at: number, more: Partial<Board>): DeskMessage => ({
      n: 0,
      at,
      kind: "board",
      calls: [],
      callsGone: [],
      agents: [],
      agentsGone: [],
      queues: [],
      queuesGone: [],
      ...more,
    });
    const calls = [call("1", "waiting"), call("2", "waiting")];
    let state = fold(
      emptyDesk,
      board(1, { calls, agents: [agent("5"), agent("6")], queues: [queue("8"), queue("9")] }),
    );
    state = fold(
      state,
      board(2, { calls: [call("2", "talking")], callsGone: ["1"], agentsGone: ["5"], queuesGone: ["9"] }),
    );
    expect(state.board).toMatchObject({ at: 2, calls: { "2": { state: "talking" } } });
    expect(Object.keys(state.board?.calls ?? {})).toEqual(["2"]);
    expect(Object.keys(state.board?.agents ?? {})).toEqual(["6"]);
    expect(Object.keys(state.board?.queues ?? {})).toEqual(["8"]);
  });
});

describe("what a card offers", () => {
  it("a button lives only where the server allows it", () => {
    expect(may(card("9"), "answer")).toBe(true);
    expect(may(card("9", { allowed: [] }), "answer")).toBe(false);
    expect(may(card("9", { state: "talking", allowed: ["hold"] }), "hangup")).toBe(false);
    expect(may(null, "answer")).toBe(false);
  });

  it("an offer whose time is over is no longer heard", () => {
    const state = fold(emptyDesk, snapshot(1, [card("9", { until: 5000 })]));
    expect(ringing(state, 4999)).toHaveLength(1);
    expect(ringing(state, 5000)).toHaveLength(0);
  });

  it("a new ring does not take the focus from a talk, and the agent's pick wins", () => {
    const talk = card("1", { state: "talking", stateSince: 1 });
    const ring = card("2", { stateSince: 9 });
    expect(inFocus([talk, ring], null)?.interaction).toBe("1");
    expect(inFocus([talk, ring], "2")?.interaction).toBe("2");
    expect(inFocus([talk, ring], "gone")?.interaction).toBe("1");
    expect(inFocus([], null)).toBeNull();
  });
});

describe("what lies beside the calls", () => {
  const parked = {
    interaction: "9",
    slot: 3,
    caller: card("9").caller,
    customerName: null,
    queueName: "Sales",
    by: "1",
    byName: "Ann",
    since: 5,
    until: 9,
  };
  it("callers who are parked come with the snapshot and change as a whole", () => {
    const one = fold(emptyDesk, {
      n: 1,
      at: 1,
      kind: "snapshot",
      seat,
      cards: [],
      supervising: null,
      parked: [parked],
    });
    expect(one.parked).toEqual([parked]);
    expect(fold(one, { n: 2, at: 2, kind: "parked", parked: [] }).parked).toEqual([]);
  });
  it("what was said last on a line is there to be shown", () => {
    const words = { id: "4", author: "8", authorName: "Lin", at: 3, text: "coming" };
    const heard = fold(fold(emptyDesk, snapshot(1)), { n: 2, at: 3, kind: "said", agent: "1", words });
    expect(heard.said).toEqual({ agent: "1", words });
  });
});
