import { expect, it } from "vitest";
import { bytes, clock, initials, moment, percent, phone, showIn, when } from "./format";

it.each([
  [0, "0:00"],
  [-5, "0:00"],
  [65_000, "1:05"],
  [3_723_000, "1:02:03"],
])("%i ms is %s on a clock", (ms, text) => expect(clock(ms)).toBe(text));

it.each([
  ["+8613800138000", "138 0013 8000"],
  ["+861065551234", "010 6555 1234"],
  ["+867551234567", "0755 123 4567"],
  ["+12125550123", "+1 212 555 0123"],
  ["8001", "8001"],
  ["", ""],
])("%s is read as %s", (raw, shown) => expect(phone(raw)).toBe(shown));

it("today shows the time, another year the year", () => {
  const now = new Date(2026, 10, 23, 18, 0).getTime();
  expect(when(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe("09:05");
  expect(when(new Date(2026, 0, 2, 9, 5).getTime(), now)).toBe("01-02 09:05");
  expect(when(new Date(2025, 0, 2, 9, 5).getTime(), now)).toBe("2025-01-02 09:05");
});

it("a share of nothing is no figure", () => {
  expect(percent(0, 0)).toBe("–");
  expect(percent(2, 3)).toBe("67%");
});

it("sizes and initials", () => {
  expect(bytes(57_600_000)).toBe("54.9 MiB");
  expect(["王小明", "Ada Lovelace", "蓝海贸易有限公司", "Acme贸易集团", "", "#"].map(initials)).toEqual([
    "小明",
    "AL",
    "蓝海",
    "A贸",
    "",
    "#",
  ]);
});

it("moments are shown in the company's zone, and an unknown zone is the browser's", () => {
  const at = Date.UTC(2026, 10, 23, 17, 30);
  showIn("Asia/Shanghai");
  expect(moment(at)).toBe("2026-11-24 01:30:00");
  expect(when(at, Date.UTC(2026, 10, 23, 15, 0))).toBe("11-24 01:30");
  showIn("America/New_York");
  expect(moment(at)).toBe("2026-11-23 12:30:00");
  showIn("Mars/Olympus");
  expect(moment(at)).toMatch(/^2026-11-2\d \d\d:30:00$/);
  showIn(undefined);
});
