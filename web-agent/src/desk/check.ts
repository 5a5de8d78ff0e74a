// What a browser finds of itself as a phone: its microphone, and the way to the server. Pure; who measures is `phone`.

import type { Microphone, PhoneCheck } from "../contract.gen";

/** Below this even a quiet room is louder: nothing but zeros comes. One step of 16 bits, halved. */
const NOTHING = 1 / 65536;
/** So long nothing at all, and the microphone counts as silent. */
export const SILENT_MS = 10_000;

/** How loud a stretch of samples is at its loudest, 0 to 1. */
export function peak(samples: Float32Array): number {
  let most = 0;
  for (const one of samples) most = Math.max(most, Math.abs(one));
  return most;
}

/** A peak as a meter shows it: 0 at -60 dB, 1 at full scale. */
export const meter = (loud: number): number => Math.min(1, Math.max(0, 1 + Math.log10(Math.max(loud, 1e-6)) / 3));

/** Whether anything was heard lately. Nothing is known before the first sample, and that speaks for the microphone. */
export type Hearing = { heardAt: number | null };
export const hear = (hearing: Hearing, now: number, loud: number): Hearing =>
  loud > NOTHING || hearing.heardAt === null ? { heardAt: now } : hearing;
export const isSilent = (hearing: Hearing, now: number): boolean =>
  hearing.heardAt !== null && now - hearing.heardAt >= SILENT_MS;

/** Why there is no microphone, by the name of what getUserMedia threw. */
export const whyNone = (name: string): Microphone =>
  name === "NotAllowedError" || name === "SecurityError" ? "refused" : "missing";

/** The figures of a connection, as far as they are known; packets are counted from its start. */
export type Figures = {
  roundTripMs: number | null;
  jitterMs: number | null;
  received: number;
  lost: number;
};
export const noFigures: Figures = { roundTripMs: null, jitterMs: null, received: 0, lost: 0 };

type Stat = { type: string; [key: string]: unknown };
const ms = (seconds: unknown): number | null => (typeof seconds === "number" ? Math.round(seconds * 1000) : null);
const count = (value: unknown): number => (typeof value === "number" ? value : 0);
const worst = (...values: (number | null)[]): number | null =>
  values.reduce((most, one) => (one === null || (most !== null && most >= one) ? most : one), null);

/** Both ways count: what we hear, and what the server reports of what it hears of us. */
export function figures(stats: Iterable<Stat>): Figures {
  const found = { ...noFigures };
  for (const stat of stats) {
    if (stat.type === "candidate-pair" && (stat.nominated === true || stat.selected === true))
      found.roundTripMs = worst(found.roundTripMs, ms(stat.currentRoundTripTime));
    if (stat.type === "inbound-rtp" || stat.type === "remote-inbound-rtp") {
      found.jitterMs = worst(found.jitterMs, ms(stat.jitter));
      found.received += count(stat.packetsReceived);
      found.lost += Math.max(0, count(stat.packetsLost));
    }
  }
  return found;
}

/** The check to tell, from the figures now and those of the check before. */
export function check(microphone: Microphone, before: Figures, now: Figures): PhoneCheck {
  const came = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  const moved = came + lost > 0;
  return {
    microphone,
    roundTripMs: now.roundTripMs,
    jitterMs: moved ? now.jitterMs : null,
    lostPercent: moved ? Math.round((100 * lost) / (came + lost)) : null,
  };
}
