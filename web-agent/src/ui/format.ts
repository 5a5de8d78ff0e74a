// How moments, durations and numbers look. Pure.

import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

/** Reads a moment's pieces off one clock: made once, where `Dayjs.tz` makes one for every moment it is asked. */
const reader = (timeZone?: string) =>
  new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });

let zone: string | null = null;
let wall = reader();
/** All moments are shown in the company's zone, wherever the browser is. */
export function showIn(wanted: string | undefined) {
  try {
    wall = reader(wanted);
    zone = wanted ?? null;
  } catch {
    wall = reader();
    zone = null;
  }
}
/** A moment as the company's clock shows it, to reckon with. */
export const local = (at: number): Dayjs => (zone ? dayjs(at).tz(zone) : dayjs(at));

/** The same to read: `2026`, `11-24`, `01:30`, `:05`. */
function pieces(at: number) {
  const is: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of wall.formatToParts(at)) is[type] = value;
  return {
    year: `${is.year}`,
    day: `${is.month}-${is.day}`,
    minute: `${is.hour}:${is.minute}`,
    second: `:${is.second}`,
  };
}

/** `4:05`, `1:02:03`. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [h, m, sec] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(sec)}` : `${m}:${two(sec)}`;
}

export function time(at: number): string {
  const { minute, second } = pieces(at);
  return minute + second;
}
export function moment(at: number): string {
  const { year, day, minute, second } = pieces(at);
  return `${year}-${day} ${minute}${second}`;
}

/** Today only the time, this year without the year. */
export function when(at: number, now = Date.now()): string {
  const [it, today] = [pieces(at), pieces(now)];
  if (it.year !== today.year) return `${it.year}-${it.day} ${it.minute}`;
  return it.day === today.day ? it.minute : `${it.day} ${it.minute}`;
}

/** E.164 in the groups people read; other numbers stay as they are. */
export function phone(number: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(number);
  if (mobile) return `${mobile[1]} ${mobile[2]} ${mobile[3]}`;
  const big = /^\+86(10|2\d)(\d{4})(\d{4})$/.exec(number);
  if (big) return `0${big[1]} ${big[2]} ${big[3]}`;
  const line = /^\+86([3-9]\d{2})(\d{3,4})(\d{4})$/.exec(number);
  if (line) return `0${line[1]} ${line[2]} ${line[3]}`;
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (us) return `+1 ${us[1]} ${us[2]} ${us[3]}`;
  const other = /^\+(\d{2})(\d+)$/.exec(number);
  if (other) return `+${other[1]} ${(other[2] ?? "").replace(/(\d{3,4})(?=\d{3})/g, "$1 ")}`;
  return number;
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(0)} KiB`;
  return `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

export const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((100 * part) / whole)}%` : "–";

/** Two letters for an avatar: of a short Chinese name the last two characters, of a longer one the first two, else initials. */
export function initials(name: string): string {
  const clean = name.trim();
  const han = clean.replace(/[^\u3400-\u9fff]/g, "");
  if (han.length > 1 && /^[\u3400-\u9fff]/.test(clean)) return han.length > 3 ? han.slice(0, 2) : han.slice(-2);
  return clean
    .split(/\s+|(?=[\u3400-\u9fff])/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
}
