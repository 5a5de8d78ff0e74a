// What can be told of a WAV file before the server has it: how long it is, how it is coded, and its shape to be drawn.
// The server decides; here is refused only what it would refuse for certain. Pure.

export type Sound = { ms: number; rate: number; channels: number; shape: number[] };
export type SoundFault = "not_wav" | "coding" | "shape" | "empty" | "too_long" | "too_large";
export type Heard = { sound: Sound; fault: null } | { sound: null; fault: SoundFault };

export const mostBytes = 64 * 1024 * 1024;
export const mostMinutes = 30;
/** Columns of the picture. */
const columns = 120;
/** Samples looked at for each. */
const looks = 64;

const faulty = (fault: SoundFault): Heard => ({ sound: null, fault });

export function readSound(bytes: ArrayBuffer): Heard {
  if (bytes.byteLength > mostBytes) return faulty("too_large");
  const view = new DataView(bytes);
  const word = (at: number) => (at + 4 <= bytes.byteLength ? String.fromCharCode(...new Uint8Array(bytes, at, 4)) : "");
  if (word(0) !== "RIFF" || word(8) !== "WAVE") return faulty("not_wav");
  let format: Format | null = null;
  for (let at = 12; word(at) && at + 8 <= bytes.byteLength; ) {
    const told = view.getUint32(at + 4, true);
    const size = Math.min(told, bytes.byteLength - at - 8);
    if (word(at) === "fmt " && size >= 16) format = formatOf(view, at + 8, size);
    if (word(at) === "data") return format ? heard(view, format, at + 8, size) : unread;
    at += 8 + told + (told % 2);
  }
  return unread;
}

/** A WAV file we cannot follow: the server may. */
const unread: Heard = { sound: { ms: 0, rate: 0, channels: 0, shape: [] }, fault: null };

type Format = { tag: number; channels: number; rate: number; block: number; bits: number };

function formatOf(view: DataView, at: number, size: number): Format {
  const tag = view.getUint16(at, true);
  return {
    // The extensible kind says further back what it is.
    tag: tag === 0xfffe && size >= 26 ? view.getUint16(at + 24, true) : tag,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    block: view.getUint16(at + 12, true),
    bits: view.getUint16(at + 14, true),
  };
}

function heard(view: DataView, format: Format, at: number, size: number): Heard {
  const { channels, rate, block } = format;
  const level = reader(format);
  if (!level) return faulty("coding");
  if (channels < 1 || channels > 2 || rate < 4000 || rate > 384_000) return faulty("shape");
  const frames = block > 0 ? Math.floor(size / block) : 0;
  if (frames === 0) return faulty("empty");
  if (frames > mostMinutes * 60 * rate) return faulty("too_long");
  const shape = Array.from({ length: columns }, (_, column) => {
    const first = Math.floor((column * frames) / columns);
    const last = Math.max(first + 1, Math.floor(((column + 1) * frames) / columns));
    const step = Math.max(1, Math.floor((last - first) / looks));
    let most = 0;
    for (let frame = first; frame < last; frame += step)
      most = Math.max(most, Math.abs(level(view, at + frame * block)));
    return Math.min(1, most);
  });
  return { sound: { ms: Math.round((1000 * frames) / rate), rate, channels, shape }, fault: null };
}

/** The first channel's sample at a place, -1 to 1; null: not read by anybody here. */
function reader({ tag, bits }: Format): ((view: DataView, at: number) => number) | null {
  if (tag === 6 || tag === 7) return (view, at) => g711(view.getUint8(at), tag === 6);
  if (tag === 3 && bits === 32) return (view, at) => view.getFloat32(at, true);
  if (tag !== 1) return null;
  if (bits === 8) return (view, at) => (view.getUint8(at) - 128) / 128;
  if (bits === 16) return (view, at) => view.getInt16(at, true) / 32768;
  if (bits === 24) return (view, at) => view.getInt8(at + 2) / 128;
  if (bits === 32) return (view, at) => view.getInt32(at, true) / 2147483648;
  return null;
}

/** ITU-T G.711, near enough for a picture. */
function g711(byte: number, aLaw: boolean): number {
  const code = aLaw ? byte ^ 0x55 : ~byte & 0xff;
  const [segment, step] = [(code >> 4) & 7, code & 15];
  if (!aLaw) return (((step * 2 + 33) << segment) - 33) / 8159;
  return (segment ? (step * 2 + 33) << (segment - 1) : step * 2 + 1) / 4096;
}
