// How moments, durations and numbers look. Pure.

import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

let zone: string | null = null;
/** All moments are shown in the company's zone, wherever the browser is. */
export function showIn(wanted: string | undefined) {
  try {
    if (wanted) new Intl.DateTimeFormat("en", { timeZone: wanted });
    zone = wanted ?? null;
  } catch {
    zone = null;
  }
}
/** A moment as the company's clock shows it. */
export const local = (at: number): Dayjs => (zone ? dayjs(at).tz(zone) : dayjs(at));

/** `4:05`, `1:02:03`. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [h, m, sec] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(sec)}` : `${m}:${two(sec)}`;
}

export const time = (at: number) => local(at).format("HH:mm:ss");
export const moment = (at: number) => local(at).format("YYYY-MM-DD HH:mm:ss");

/** Today only the time, this year without the year. */
export function when(at: number, now = Date.now()): string {
  const [day, today] = [local(at), local(now)];
  if (day.isSame(today, "day")) return day.format("HH:mm");
  return day.format(day.isSame(today, "year") ? "MM-DD HH:mm" : "YYYY-MM-DD HH:mm");
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
