import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeskMessage } from "../contract.gen";
import { backoff, DEAD_MS, DeskSocket, type Link, PING_MS, Refused } from "./socket";

// Time is vitest's, the line is in memory: what is under test is the order of steps, not a browser.
class Line {
  readyState: number = WebSocket.CONNECTING;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {}
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  up() {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }
  say(message: unknown) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
  down(code = 1006) {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code });
  }
}

function desk(options: { last?: () => number; gap?: (message: DeskMessage) => boolean } = {}) {
  const lines: Line[] = [];
  const links: Link[] = [];
  const heard: DeskMessage[] = [];
  const skews: number[] = [];
  let doubts = 0;
  const socket = new DeskSocket("ws://x/desk", {
    open: (url) => {
      const line = new Line(url);
      lines.push(line);
      return line as unknown as WebSocket;
    },
    last: options.last ?? (() => 0),
    hear: (message) => {
      heard.push(message);
      return options.gap?.(message) ?? false;
    },
    link: (link) => links.push(link),
    skew: (ms) => skews.push(ms),
    doubt: () => {
      doubts++;
    },
    now: () => Date.now(),
    random: () => 1,
  });
  socket.start();
  const line = (at = -1) => lines.at(at) as Line;
  return { socket, lines, links, heard, skews, line, doubts: () => doubts };
}

describe("the desktop's line to the server", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("comes back after a loss and asks from the last number", () => {
    let last = 0;
    const d = desk({ last: () => last });
    expect(d.line().url).toBe("ws://x/desk?after=0");
    d.line().up();
    last = 42;
    d.line().down();
    expect(d.links).toEqual(["connecting", "up", "down"]);
    vi.advanceTimersByTime(backoff(0, 1));
    expect(d.lines).toHaveLength(2);
    expect(d.line().url).toBe("ws://x/desk?after=42");
  });

  it("a line that says nothing is given up though the browser still calls it open", () => {
    const d = desk();
    d.line().up();
    vi.advanceTimersByTime(DEAD_MS + PING_MS);
    expect(d.links.at(-1)).not.toBe("up");
    expect(d.lines[0]?.closed).toBe(true);
  });

  it("a line that answers pings is kept, and pings measure the server's clock", () => {
    const d = desk();
    d.line().up();
    for (let i = 0; i < 20; i++) {
      const ping = d.line().sent.at(-1) as { id: number };
      d.line().say({ n: 0, at: Date.now() + 5000, kind: "done", id: ping.id });
      vi.advanceTimersByTime(PING_MS);
    }
    expect(d.lines).toHaveLength(1);
    expect(new Set(d.skews)).toEqual(new Set([5000]));
  });

  it("a skipped number makes it ask again", () => {
    const d = desk({ gap: (message) => message.n === 9 });
    d.line().up();
    d.line().say({ n: 9, at: 1, kind: "going_away" });
    vi.advanceTimersByTime(1000);
    expect(d.lines).toHaveLength(2);
  });

  it("an intent is done or refused by its id", async () => {
    const d = desk();
    d.line().up();
    const first = d.socket.ask({ ask: "seat", command: { kind: "ready" } });
    const second = d.socket.ask({ ask: "call", interaction: "7", command: { kind: "hold" } });
    const [a, b] = d.line().sent.slice(-2) as { id: number }[];
    d.line().say({ n: 0, at: 1, kind: "refused", id: b?.id, code: "call_wrong_state", message: "not talking" });
    d.line().say({ n: 0, at: 1, kind: "done", id: a?.id });
    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toEqual(new Refused("call_wrong_state", "not talking"));
  });

  it("an intent without a line, or whose line dies, is refused and not kept for later", async () => {
    const d = desk();
    await expect(d.socket.ask({ ask: "ping" })).rejects.toMatchObject({ code: "offline" });
    d.line().up();
    const asked = d.socket.ask({ ask: "watch_board", on: true });
    d.line().down();
    await expect(asked).rejects.toMatchObject({ code: "offline" });
  });

  it("what is not JSON is ignored", () => {
    const d = desk();
    d.line().up();
    d.line().say("<html>");
    expect(d.heard).toEqual([]);
    expect(d.links.at(-1)).toBe("up");
  });

  it("a line that never came, or that the server ended with the session, makes it ask whether the session is there", () => {
    const d = desk();
    d.line().up();
    d.line().down();
    expect(d.doubts()).toBe(0);
    vi.advanceTimersByTime(1000);
    d.line().down();
    expect(d.doubts()).toBe(1);
    vi.advanceTimersByTime(1000);
    d.line().up();
    d.line().down(4401);
    expect(d.doubts()).toBe(2);
  });

  it("nothing reconnects after stop", () => {
    const d = desk();
    d.line().up();
    d.socket.stop();
    vi.advanceTimersByTime(60_000);
    expect(d.lines).toHaveLength(1);
  });

  it("waits longer after each failure, never longer than 8 s", () => {
    expect([0, 1, 2, 5, 50].map((attempt) => backoff(attempt, 1))).toEqual([250, 500, 1000, 8000, 8000]);
    expect(backoff(0, 0)).toBe(125);
  });
});
