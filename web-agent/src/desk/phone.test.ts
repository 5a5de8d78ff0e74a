import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PhoneCheck } from "../contract.gen";
import { SILENT_MS } from "./check";
import { CUT_MS, Phone, RENEW_MS, usePhone } from "./phone";

// Time is vitest's, microphone and connection are in memory: what is under test is the order of steps, not a browser.
class Track {
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;
  stopped = false;
  stop() {
    this.stopped = true;
  }
}

class Connection {
  connectionState = "new";
  localDescription = { sdp: "offer" };
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: unknown) => void) | null = null;
  sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void> } = {
    track: null,
    replaceTrack: async (track) => {
      this.sender.track = track;
    },
  };
  remote: unknown = null;
  addTransceiver = () => ({ sender: this.sender });
  restarts = 0;
  createOffer = async (options?: { iceRestart?: boolean }) => {
    if (options?.iceRestart) this.restarts++;
    return {};
  };
  setLocalDescription = async () => {};
  setRemoteDescription = async (answer: unknown) => {
    this.remote = answer;
  };
  getStats = async () => new Map();
  close() {
    this.connectionState = "closed";
  }
  becomes(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

function desk() {
  const state = {
    tracks: [] as Track[],
    connections: [] as Connection[],
    told: [] as PhoneCheck[],
    offers: [] as boolean[],
    refuse: null as string | null,
    elsewhere: false,
    renewals: 0,
    down: false,
    blocked: false,
    loud: (_: number) => {},
  };
  const phone = new Phone({
    microphone: async () => {
      if (state.refuse) throw Object.assign(new Error(), { name: state.refuse });
      const track = new Track();
      state.tracks.push(track);
      return { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
    },
    connection: async () => {
      const connection = new Connection();
      state.connections.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
    answer: async (_, take) => {
      state.offers.push(take);
      if (state.down) throw new Error("down");
      return state.elsewhere && !take ? null : "answer";
    },
    renew: async () => {
      state.renewals++;
      if (state.down) throw new Error("down");
      return "another way";
    },
    tell: async (check) => {
      state.told.push(check);
    },
    play: async () => {
      if (state.blocked) throw new Error("blocked");
    },
    listen: (_, loud) => {
      state.loud = loud;
      return () => {};
    },
    now: () => Date.now(),
  });
  const last = () => state.connections.at(-1) as Connection;
  return { phone, state, last };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const shows = () => usePhone.getState();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function up() {
  const made = desk();
  made.phone.want(true);
  await settle();
  made.last().becomes("connected");
  await settle();
  return made;
}

describe("a browser as a phone", () => {
  it("asks for the microphone, connects once, tells its health at once and every two seconds", async () => {
    const { state, last } = await up();
    expect(last().remote).toEqual({ type: "answer", sdp: "answer" });
    expect([shows().state, shows().microphone, state.told.length]).toEqual(["up", "ok", 1]);
    await vi.advanceTimersByTimeAsync(6000);
    expect([state.told.length, state.connections.length]).toEqual([4, 1]);
  });

  it("sends what is said only while there is a talk", async () => {
    const { phone, state, last } = await up();
    expect(last().sender.track).toBe(null);
    phone.talk(true);
    expect(last().sender.track).toBe(state.tracks[0]);
    phone.talk(false);
    expect(last().sender.track).toBe(null);
  });

  it("goes another way on the same line when it is cut for a moment, and makes another where that does not help", async () => {
    const { state, last } = await up();
    last().becomes("disconnected");
    await vi.advanceTimersByTimeAsync(RENEW_MS);
    expect([last().restarts, last().remote]).toEqual([1, { type: "answer", sdp: "another way" }]);
    last().becomes("connected");
    await vi.advanceTimersByTimeAsync(2 * CUT_MS);
    expect([shows().state, state.connections.length]).toEqual(["up", 1]);
    last().becomes("disconnected");
    await vi.advanceTimersByTimeAsync(RENEW_MS + CUT_MS - 1);
    expect(state.connections.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.connections.length).toBe(2);
  });

  it("goes another way at once when the browser says that the network changed", async () => {
    const { phone, state, last } = await up();
    phone.moved();
    await settle();
    expect([state.renewals, last().restarts]).toEqual([1, 1]);
    state.down = true;
    phone.moved();
    await settle();
    await vi.advanceTimersByTimeAsync(2 * CUT_MS);
    expect([shows().state, state.connections.length]).toEqual(["up", 1]);
  });

  it("stands without a microphone and says why, until it is allowed", async () => {
    const { phone, state, last } = desk();
    state.refuse = "NotAllowedError";
    phone.talk(true);
    phone.want(true);
    await settle();
    last().becomes("connected");
    await settle();
    expect([shows().microphone, state.told.at(-1)?.microphone]).toEqual(["refused", "refused"]);
    state.refuse = null;
    await phone.retry();
    expect([shows().microphone, state.told.at(-1)?.microphone]).toEqual(["ok", "ok"]);
    expect([last().sender.track, state.connections.length]).toEqual([state.tracks[0], 1]);
  });

  it("tells at once of a microphone that goes, that is muted, or that gives nothing", async () => {
    const { state } = await up();
    state.loud(0.1);
    state.loud(0);
    await vi.advanceTimersByTimeAsync(SILENT_MS);
    state.loud(0);
    expect(shows().microphone).toBe("silent");
    state.loud(0.1);
    expect(shows().microphone).toBe("ok");
    state.tracks[0]?.onmute?.();
    expect(shows().microphone).toBe("silent");
    state.tracks[0]?.onunmute?.();
    state.refuse = "NotFoundError";
    state.tracks[0]?.onended?.();
    await settle();
    expect([shows().microphone, state.told.at(-1)?.microphone]).toEqual(["missing", "missing"]);
  });

  it("makes the connection anew when it is cut, and keeps the talk", async () => {
    const { phone, state, last } = await up();
    phone.talk(true);
    last().becomes("disconnected");
    await vi.advanceTimersByTimeAsync(CUT_MS - 1);
    expect(state.connections.length).toBe(1);
    last().becomes("connected");
    await vi.advanceTimersByTimeAsync(CUT_MS);
    expect(state.connections.length).toBe(1);
    last().becomes("failed");
    state.down = true;
    await vi.advanceTimersByTimeAsync(700);
    state.down = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(state.connections.length).toBeGreaterThan(2);
    last().becomes("connected");
    await settle();
    expect([shows().state, last().sender.track]).toEqual(["up", state.tracks[0]]);
  });

  it("leaves the phone where it is in another browser, and lets go of the microphone, until it is wanted here", async () => {
    const { phone, state, last } = desk();
    state.elsewhere = true;
    phone.want(true);
    await settle();
    expect([shows().state, shows().microphone, state.tracks[0]?.stopped]).toEqual(["elsewhere", null, true]);
    await phone.retry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.offers).toEqual([false]);
    phone.takeOver();
    await settle();
    last().becomes("connected");
    await settle();
    expect([shows().state, state.offers]).toEqual(["up", [false, true]]);
    // Taken away in its turn, it asks no more than once.
    last().becomes("failed");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([shows().state, state.offers]).toEqual(["elsewhere", [false, true, false]]);
  });

  it("is the phone where the person sits down, whichever of several browsers asks first", async () => {
    const { phone, state, last } = desk();
    state.elsewhere = true;
    phone.claim(true);
    phone.want(true);
    await settle();
    last().becomes("connected");
    await settle();
    expect([shows().state, state.offers]).toEqual(["up", [true]]);
    // The claim was for once.
    state.elsewhere = false;
    last().becomes("failed");
    await vi.advanceTimersByTimeAsync(300);
    expect(state.offers).toEqual([true, false]);
  });

  it("says when the browser plays nothing, and plays once something was pressed", async () => {
    const { phone, state, last } = await up();
    state.blocked = true;
    last().ontrack?.({ streams: [{}] });
    await settle();
    expect(shows().mute).toBe(true);
    state.blocked = false;
    phone.pressed();
    await settle();
    expect(shows().mute).toBe(false);
  });

  it("ends whole: microphone, connection, checks", async () => {
    const { phone, state, last } = await up();
    phone.want(false);
    const told = state.told.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([state.tracks[0]?.stopped, last().connectionState, state.told.length]).toEqual([true, "closed", told]);
    expect(shows().state).toBe("off");
    expect(state.connections.length).toBe(1);
  });
});
