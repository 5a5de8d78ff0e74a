import { describe, expect, it } from "vitest";
import { type Colour, palette } from "./palette";

function luminance(hex: string): number {
  const part = (at: number) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}
/** WCAG 2.2, 1.4.3. */
function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

const texts: Colour[] = ["text", "text2", "text3", "primaryText", "ok", "warn", "bad", "wrap", "vip"];
const surfaces: Colour[] = ["bg", "surface", "raised", "sunken"];
const pairs: [Colour, Colour][] = [
  ...texts.flatMap((text) => surfaces.map((on): [Colour, Colour] => [text, on])),
  ["ok", "okSoft"],
  ["warn", "warnSoft"],
  ["bad", "badSoft"],
  ["wrap", "wrapSoft"],
  ["vip", "vipSoft"],
  ["primaryText", "primarySoft"],
  ["text2", "primarySoft"],
  ["railText", "rail"],
];

describe.each(["light", "dark"] as const)("the %s palette", (mode) => {
  it.each(pairs)("%s reads on %s", (text, on) => {
    expect(contrast(palette[mode][text], palette[mode][on])).toBeGreaterThanOrEqual(4.5);
  });
  it.each(["primary", "primaryHover", "okSolid", "badSolid"] as Colour[])("white reads on %s", (on) => {
    expect(contrast("#ffffff", palette[mode][on])).toBeGreaterThanOrEqual(4.5);
  });
});
