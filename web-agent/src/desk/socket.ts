// The one WebSocket of a desktop: connects, comes back with `after=N`, notices silence, answers intents by their id.
// It knows nothing of calls. What it hears goes to `hear`, how it is goes to `link`.

import type { DeskAsk, DeskIntent, DeskMessage } from "../contract.gen";

export type Link = "connecting" | "up" | "down";

/** A refused intent: a stable code and the server's words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Refused";
  }
}

export type SocketParts = {
  open: (url: string) => WebSocket;
  /** The last number folded. */
  last: () => number;
  /** Returns whether a number was skipped. */
  hear: (message: DeskMessage) => boolean;
  link: (link: Link) => void;
  /** The line could not be had, or was ended with 4401: is the session still there? */
  doubt: () => void;
  /** The server's clock minus ours, measured on pings. */
  skew: (ms: number) => void;
  now: () => number;
  random: () => number;
};

export const PING_MS = 1500;
/** Silence after which the line counts as dead; with the ping above, a dead line shows within 4.5 s. */
export const DEAD_MS = 3000;
const INTENT_MS = 8000;
/** The server's close code where the session ended. */
const SIGNED_OUT = 4401;

/** 0.25 s, doubling to 8 s, each between half and whole so that a hundred desktops do not knock together. */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(8000, 250 * 2 ** attempt);
  return Math.round(full * (0.5 + random / 2));
}

type Waiting = { done: () => void; refused: (why: Refused) => void; timer: ReturnType<typeof setTimeout> };

export class DeskSocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private pulse: ReturnType<typeof setInterval> | null = null;
  private heardAt = 0;
  private nextId = 1;
  private waiting = new Map<number, Waiting>();
  private pings = new Map<number, number>();
  private stopped = false;

  constructor(
    private url: string,
    private parts: SocketParts,
  ) {}

  start() {
    this.stopped = false;
    this.connect();
  }

  stop() {
    this.stopped = true;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.drop();
  }

  /** Resolves when the server did it; rejects with [`Refused`]. Without a line it is refused at once: nothing is kept for later. */
  ask(ask: DeskAsk): Promise<void> {
    const socket = this.socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Refused("offline", ""));
    const id = this.nextId++;
    return new Promise((done, refused) => {
      const timer = setTimeout(() => this.settle(id, new Refused("no_answer", "")), INTENT_MS);
      this.waiting.set(id, { done, refused, timer });
      this.send({ id, ...ask });
    });
  }

  private send(intent: DeskIntent) {
    this.socket?.send(JSON.stringify(intent));
  }

  private settle(id: number, why: Refused | null) {
    const one = this.waiting.get(id);
    if (!one) return;
    this.waiting.delete(id);
    clearTimeout(one.timer);
    if (why) one.refused(why);
    else one.done();
  }

  private connect() {
    this.retry = null;
    this.parts.link("connecting");
    const socket = this.parts.open(`${this.url}?after=${this.parts.last()}`);
    this.socket = socket;
    this.heardAt = this.parts.now();
    let opened = false;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      opened = true;
      this.attempt = 0;
      this.heardAt = this.parts.now();
      this.parts.link("up");
      this.ping();
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.heard(String(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      if (!opened || event?.code === SIGNED_OUT) this.parts.doubt();
      this.lost();
    };
    this.pulse ??= setInterval(() => this.beat(), PING_MS);
  }

  private beat() {
    if (!this.socket) return;
    if (this.parts.now() - this.heardAt > DEAD_MS) this.lost();
    else if (this.socket.readyState === WebSocket.OPEN) this.ping();
  }

  private ping() {
    const id = this.nextId++;
    if (this.pings.size > 20) this.pings.clear();
    this.pings.set(id, this.parts.now());
    this.send({ id, ask: "ping" });
  }

  private heard(data: string) {
    this.heardAt = this.parts.now();
    let message: DeskMessage;
    try {
      message = JSON.parse(data) as DeskMessage;
    } catch {
      return;
    }
    if (message.kind === "done") {
      const sent = this.pings.get(message.id);
      if (sent !== undefined) {
        this.pings.delete(message.id);
        this.parts.skew(message.at - (sent + this.heardAt) / 2);
      }
      this.settle(message.id, null);
    } else if (message.kind === "refused") {
      this.settle(message.id, new Refused(message.code, message.message));
    }
    if (this.parts.hear(message)) this.lost();
  }

  /** Lets go of the line and comes back, also where the browser has not noticed yet. */
  private lost() {
    this.drop();
    this.parts.link("down");
    if (this.stopped) return;
    this.retry = setTimeout(() => this.connect(), backoff(this.attempt++, this.parts.random()));
  }

  private drop() {
    const socket = this.socket;
    this.socket = null;
    if (this.pulse) clearInterval(this.pulse);
    this.pulse = null;
    this.pings.clear();
    for (const id of [...this.waiting.keys()]) this.settle(id, new Refused("offline", ""));
    socket?.close();
  }
}
