// This browser as a phone: the microphone, one connection to the server for the whole shift, and what comes over it. It
// knows nothing of calls: `wanted` says whether there is to be a phone, `talks` whether what is said is to be sent.

import { create } from "zustand";
import type { Microphone, PhoneCheck } from "../contract.gen";
import { check, type Figures, figures, type Hearing, hear, isSilent, meter, noFigures, whyNone } from "./check";

/** `elsewhere`: another browser of mine is the phone. */
export type PhoneState = "off" | "asking" | "connecting" | "up" | "elsewhere";

type Shown = {
  state: PhoneState;
  /** How the microphone is; null before it was asked for. */
  microphone: Microphone | null;
  /** 0 to 1, as a meter shows it. */
  level: number;
  roundTripMs: number | null;
  jitterMs: number | null;
  /** The browser plays nothing before the person has pressed something. */
  mute: boolean;
};

const off: Shown = { state: "off", microphone: null, level: 0, roundTripMs: null, jitterMs: null, mute: false };
export const usePhone = create<Shown>()(() => off);

/** Plain http on a far address has no microphone. */
export const canBePhone = () => typeof navigator.mediaDevices?.getUserMedia === "function";

export type PhoneParts = {
  microphone: () => Promise<MediaStream>;
  connection: () => Promise<RTCPeerConnection>;
  /** The server's answer to an offer; null where another browser is the phone. `take`: also then. */
  answer: (sdp: string, take: boolean) => Promise<string | null>;
  /** The same for an offer of the connection that stands, which is to go on another way. */
  renew: (sdp: string) => Promise<string>;
  tell: (check: PhoneCheck) => Promise<void>;
  play: (stream: MediaStream) => Promise<void>;
  /** How loud the microphone is from now on, until the answer is called. */
  listen: (stream: MediaStream, loud: (peak: number) => void) => () => void;
  now: () => number;
};

const CHECK_MS = 2000;
/** A connection that is cut for so long is made anew. */
export const CUT_MS = 2000;
/** Before that it is tried another way, on the line that stands. */
export const RENEW_MS = 500;
const AGAIN_MS = [250, 500, 1000, 2000, 4000];

export class Phone {
  private stream: MediaStream | null = null;
  private connection: RTCPeerConnection | null = null;
  private sender: RTCRtpSender | null = null;
  private far: MediaStream | null = null;
  private wanted = false;
  private talks = false;
  /** The person wants the phone here, whoever has it. */
  private take = false;
  private attempt = 0;
  /** Counts connections that are made; what an earlier one waited for is no longer wanted. */
  private making = 0;
  /** Looks for another way just now. */
  private renewing: RTCPeerConnection | null = null;
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private quiet: (() => void) | null = null;
  private hearing: Hearing = { heardAt: null };
  private figures: Figures = noFigures;
  /** Counts starts: what an earlier one still waits for is no longer asked for. */
  private turn = 0;

  constructor(private parts: PhoneParts) {}

  /** There is to be a phone here, or no longer. */
  want(on: boolean) {
    if (on === this.wanted) return;
    this.wanted = on;
    if (on) void this.begin();
    else this.end();
  }

  /** What is said is sent, or not: between calls nothing leaves the room. */
  talk(on: boolean) {
    this.talks = on;
    this.carry();
  }

  /** The person pressed something: what the browser did not play it plays now. */
  pressed() {
    if (usePhone.getState().mute) void this.sound();
  }

  private async sound() {
    if (!this.far) return;
    try {
      await this.parts.play(this.far);
      usePhone.setState({ mute: false });
    } catch {
      usePhone.setState({ mute: true });
    }
  }

  /** A microphone came, was allowed, or is to be asked for again. */
  async retry() {
    const { state, microphone } = usePhone.getState();
    if (this.wanted && state !== "elsewhere" && microphone !== "ok") await this.begin();
  }

  private carry() {
    const track = this.talks ? (this.stream?.getAudioTracks()[0] ?? null) : null;
    if (this.sender && this.sender.track !== track) void this.sender.replaceTrack(track).catch(() => this.again());
  }

  private async begin() {
    const turn = ++this.turn;
    if (!this.connection) usePhone.setState({ state: "asking" });
    let stream: MediaStream;
    try {
      stream = await this.parts.microphone();
    } catch (why) {
      if (turn === this.turn) this.found(whyNone(why instanceof Error ? why.name : ""));
      // Without a microphone one can still be told what is wrong: the line stands, and says so.
      if (turn === this.turn && !this.connection) void this.connect();
      return;
    }
    if (turn !== this.turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.let();
    this.stream = stream;
    this.hearing = { heardAt: null };
    for (const track of stream.getAudioTracks()) {
      track.onended = () => this.lostMicrophone(stream);
      track.onmute = () => this.found("silent");
      track.onunmute = () => this.found("ok");
    }
    this.quiet = this.parts.listen(stream, (loud) => this.loud(loud));
    this.found("ok");
    this.carry();
    if (!this.connection) await this.connect();
  }

  private lostMicrophone(stream: MediaStream) {
    if (this.stream !== stream) return;
    this.let();
    this.found("missing");
    this.carry();
    void this.retry();
  }

  private loud(loud: number) {
    const now = this.parts.now();
    this.hearing = hear(this.hearing, now, loud);
    usePhone.setState({ level: meter(loud) });
    const microphone = usePhone.getState().microphone;
    const silent = isSilent(this.hearing, now);
    if (silent && microphone === "ok") this.found("silent");
    if (!silent && microphone === "silent") this.found("ok");
  }

  private found(microphone: Microphone) {
    if (usePhone.getState().microphone === microphone) return;
    usePhone.setState({ microphone });
    void this.check();
  }

  private async connect() {
    usePhone.setState({ state: "connecting" });
    const turn = ++this.making;
    let connection: RTCPeerConnection;
    try {
      connection = await this.parts.connection();
    } catch {
      if (turn === this.making) this.again();
      return;
    }
    // Given up, or begun anew, meanwhile.
    if (turn !== this.making) return connection.close();
    this.connection = connection;
    this.figures = noFigures;
    try {
      const audio = connection.addTransceiver("audio", { direction: "sendrecv" });
      this.sender = audio.sender;
      connection.ontrack = (event) => {
        this.far = event.streams[0] ?? new MediaStream([event.track]);
        void this.sound();
      };
      connection.onconnectionstatechange = () => this.changed(connection);
      this.carry();
      await connection.setLocalDescription(await connection.createOffer());
      // No waiting for candidates: the server has one address, and learns ours from the first packet.
      const sdp = await this.parts.answer(connection.localDescription?.sdp ?? "", this.take);
      if (this.connection !== connection) return;
      if (sdp === null) return this.yield();
      this.take = false;
      await connection.setRemoteDescription({ type: "answer", sdp });
    } catch {
      if (this.connection === connection) this.again();
    }
  }

  /** Another browser is the phone: nothing is held here, until the person wants it. */
  private yield() {
    this.turn++;
    this.hangUp();
    this.let();
    usePhone.setState({ ...off, state: "elsewhere" });
  }

  /** The person sits down here, or no longer does: of several browsers that could be the phone, this one is to be it. */
  claim(take: boolean) {
    this.take = take;
  }

  takeOver() {
    this.claim(true);
    if (this.wanted) void this.begin();
  }

  private changed(connection: RTCPeerConnection) {
    if (this.connection !== connection) return;
    this.cancel("cut");
    this.cancel("renew");
    if (connection.connectionState === "connected") {
      this.attempt = 0;
      usePhone.setState({ state: "up" });
      void this.check();
    } else if (connection.connectionState === "disconnected") {
      this.after("renew", RENEW_MS, () => void this.renew());
      this.after("cut", CUT_MS, () => this.again());
    } else if (connection.connectionState === "failed" || connection.connectionState === "closed") {
      this.again();
    }
  }

  /** The network changed, as the browser says: another way is looked for before this one is found to be cut. */
  moved() {
    if (usePhone.getState().state === "up") void this.renew();
  }

  /** The same connection goes on another way (ICE restart): whatever is on the line stays. What does not help in time is a new one. */
  private async renew() {
    const connection = this.connection;
    if (!connection || this.renewing === connection) return;
    this.renewing = connection;
    try {
      await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
      const sdp = await this.parts.renew(connection.localDescription?.sdp ?? "");
      if (this.connection !== connection) return;
      await connection.setRemoteDescription({ type: "answer", sdp });
      this.after(
        "cut",
        CUT_MS,
        () => this.connection === connection && connection.connectionState !== "connected" && this.again(),
      );
    } catch {
      // Without an answer it goes its old way; where that is cut, another connection is on its way already.
    } finally {
      if (this.renewing === connection) this.renewing = null;
    }
  }

  /** Another connection, soon; the server gives it the talk of the one before. */
  private again() {
    this.hangUp();
    if (!this.wanted) return;
    usePhone.setState({ state: "connecting" });
    const wait = AGAIN_MS[Math.min(this.attempt++, AGAIN_MS.length - 1)] ?? 1000;
    this.after("again", wait, () => void this.connect());
  }

  private async check() {
    this.cancel("check");
    const connection = this.connection;
    const microphone = usePhone.getState().microphone;
    if (connection?.connectionState !== "connected" || !microphone) return;
    this.after("check", CHECK_MS, () => void this.check());
    try {
      const now = figures((await connection.getStats()).values());
      const told = check(microphone, this.figures, now);
      this.figures = now;
      usePhone.setState({ roundTripMs: told.roundTripMs, jitterMs: told.jitterMs });
      await this.parts.tell(told);
    } catch {
      // Without a desk there is nobody to tell; the next check is.
    }
  }

  private after(name: string, wait: number, then: () => void) {
    this.cancel(name);
    this.timers.set(name, setTimeout(then, wait));
  }

  private cancel(name: string) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  private hangUp() {
    for (const name of [...this.timers.keys()]) this.cancel(name);
    this.making++;
    const connection = this.connection;
    this.connection = null;
    this.sender = null;
    this.far = null;
    connection?.close();
  }

  private let() {
    this.quiet?.();
    this.quiet = null;
    for (const track of this.stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.stream = null;
  }

  private end() {
    this.turn++;
    this.attempt = 0;
    this.hangUp();
    this.let();
    usePhone.setState(off);
  }
}
