import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSound } from "./sound";

type Spec = { tag?: number; channels?: number; rate?: number; bits?: number; sound?: Uint8Array; told?: number };
/** A WAV file with a chunk of odd length before its format. */
function wav({ tag = 1, channels = 1, rate = 8000, bits = 16, sound = new Uint8Array(16000), told }: Spec = {}) {
  const bytes = new Uint8Array(12 + 12 + 24 + 8 + sound.length);
  const view = new DataView(bytes.buffer);
  const write = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  write(0, "RIFF");
  write(8, "WAVELIST");
  view.setUint32(16, 3, true);
  write(20, "abc");
  write(24, "fmt ");
  view.setUint32(28, 16, true);
  view.setUint16(32, tag, true);
  view.setUint16(34, channels, true);
  view.setUint32(36, rate, true);
  view.setUint16(44, (channels * bits) / 8, true);
  view.setUint16(46, bits, true);
  write(48, "data");
  view.setUint32(52, told ?? sound.length, true);
  bytes.set(sound, 56);
  return bytes.buffer;
}
const fault = (bytes: ArrayBuffer) => readSound(bytes).fault;

/** Silence, then full level. */
const loud = (bits: number, channels: number, frames: number) => {
  const bytes = new Uint8Array((frames * channels * bits) / 8);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < frames * channels; n++) {
    const on = n >= (frames * channels) / 2;
    if (bits === 8) view.setUint8(n, on ? 255 : 128);
    if (bits === 16) view.setInt16(n * 2, on ? 32767 : 0, true);
    if (bits === 24) view.setInt8(n * 3 + 2, on ? 127 : 0);
    if (bits === 32) view.setInt32(n * 4, on ? 2147483647 : 0, true);
  }
  return bytes;
};

describe("a sound is read as long and as loud as it is", () => {
  it.each([
    [8, 1, 8000],
    [16, 1, 16000],
    [16, 2, 44100],
    [24, 2, 48000],
    [32, 1, 22050],
  ])("%i bit, %i channels, %i Hz", (bits, channels, rate) => {
    const { sound } = readSound(wav({ bits, channels, rate, sound: loud(bits, channels, rate * 2) }));
    expect(sound?.ms).toBe(2000);
    expect(Math.max(...(sound?.shape.slice(0, 55) ?? [1]))).toBeLessThan(0.02);
    expect(Math.min(...(sound?.shape.slice(65) ?? [0]))).toBeGreaterThan(0.95);
  });

  it.each([
    [6, 0xd5, 0xaa],
    [7, 0xff, 0x80],
  ])("G.711, format %i", (tag, quiet, full) => {
    const bytes = new Uint8Array(8000).fill(quiet).fill(full, 4000);
    const { sound } = readSound(wav({ tag, bits: 8, sound: bytes }));
    expect(sound?.ms).toBe(1000);
    expect(sound?.shape[10]).toBeLessThan(0.02);
    expect(sound?.shape[110]).toBeGreaterThan(0.95);
  });

  it("the demo's own files", () => {
    const file = readFileSync(join(import.meta.dirname, "../../../../../ivr/demo/prompts/en/welcome.wav"));
    const { sound } = readSound(file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer);
    expect(sound).toMatchObject({ rate: 8000, channels: 1 });
    expect(Math.max(...(sound?.shape ?? []))).toBeGreaterThan(0.2);
  });

  it("one that was cut short, as far as it goes", () =>
    expect(readSound(wav({ told: 0xffffffff })).sound?.ms).toBe(1000));
});

it.each([
  ["no WAV at all", new TextEncoder().encode("ID3 an MP3 file").buffer as ArrayBuffer, "not_wav"],
  ["nothing", new ArrayBuffer(0), "not_wav"],
  ["ADPCM", wav({ tag: 17, bits: 8 }), "coding"],
  ["12 bit", wav({ bits: 12 }), "coding"],
  ["six channels", wav({ channels: 6 }), "shape"],
  ["900 Hz", wav({ rate: 900 }), "shape"],
  ["no sound", wav({ sound: new Uint8Array(0) }), "empty"],
  ["half an hour and a second", wav({ bits: 8, rate: 4000, sound: new Uint8Array(4000 * 1801) }), "too_long"],
  ["more than is taken", new ArrayBuffer(64 * 1024 * 1024 + 1), "too_large"],
])("%s is refused before it is sent", (_, bytes, why) => expect(fault(bytes)).toBe(why));

it("a WAV file that is not understood here is left to the server", () => {
  const odd = new Uint8Array(wav());
  odd.set(new TextEncoder().encode("xxxx"), 48);
  expect(readSound(odd.buffer)).toEqual({ sound: { ms: 0, rate: 0, channels: 0, shape: [] }, fault: null });
});
