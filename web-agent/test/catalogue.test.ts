// Both languages say everything, and nothing is said to nobody.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../src/locales/en.json";
import zh from "../src/locales/zh-CN.json";

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, at = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[at + key, value] as [string, string]] : flat(value, `${at}${key}.`),
  );
const words = { "zh-CN": new Map(flat(zh)), en: new Map(flat(en)) };

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [readFileSync(path, "utf8")] : [];
  });
const code = sources(join(import.meta.dirname, "../src")).join("\n");

/** `t("a.b")` and every other literal that spells a key; `a.${b}.c` as a pattern. */
const literals = new Set([...code.matchAll(/["'`]([a-zA-Z]\w*(?:\.\w+)+)["'`]/g)].map((found) => found[1] as string));
const patterns = [...code.matchAll(/`([a-zA-Z][\w.]*\$\{[^`]*)`/g)].map((found) => {
  const text = (found[1] as string).replace(/\$\{[^}]*\}/g, "\u0000");
  return new RegExp(`^${text.replaceAll(".", "\\.").replaceAll("\u0000", "[\\w.]+")}$`);
});
const asked = new Set([...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map((found) => found[1] as string));

describe("the catalogue", () => {
  it("has the same keys in both languages", () => {
    expect([...words.en.keys()].sort()).toEqual([...words["zh-CN"].keys()].sort());
  });

  it("holds every key the code asks for", () => {
    expect([...asked].filter((key) => !words.en.has(key))).toEqual([]);
  });

  it("holds no key that the code never asks for", () => {
    const used = (key: string) => literals.has(key) || patterns.some((pattern) => pattern.test(key));
    expect([...words.en.keys()].filter((key) => !used(key))).toEqual([]);
  });

  it("puts the same values into both", () => {
    const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();
    const odd = [...words.en].filter(
      ([key, text]) => holes(text).join() !== holes(words["zh-CN"].get(key) ?? "").join(),
    );
    expect(odd.map(([key]) => key)).toEqual([]);
  });

  it("is Chinese where it says it is", () => {
    const same = [...words["zh-CN"]].filter(([, text]) => /[A-Za-z]{4,}/.test(text) && !/[\u3400-\u9fff]/.test(text));
    // Names of protocols and of things that have no Chinese name.
    expect(same.map(([key]) => key)).toEqual(["pbx.asterisk", "pbx.free_switch", "answerBy.talk_event"]);
    expect([...words.en].filter(([, text]) => /[\u3400-\u9fff]/.test(text)).map(([key]) => key)).toEqual([]);
  });
});

/** Words that arrive from the server as codes: each has its line, so that no code is ever shown bare. */
describe("every code of the contract has a word", () => {
  const contract = readFileSync(join(import.meta.dirname, "../src/contract.gen.ts"), "utf8");
  const union = (type: string) => {
    const body = new RegExp(`export type ${type} = ([^;]+);`).exec(contract)?.[1] ?? "";
    return [...body.matchAll(/(?:"kind": )?"(\w+)"/g)]
      .map((found) => found[1] as string)
      .filter((word) => word !== "kind");
  };
  it.each([
    ["EndCause", "cause"],
    ["CardState", "cardState"],
    ["Direction", "direction"],
    ["MatchReason", "match"],
    ["LiveState", "live.call"],
    ["CallAction", "action"],
    ["StationHealth", "station"],
  ])("%s under %s", (type, at) => {
    const codes = union(type);
    expect(codes.length).toBeGreaterThan(1);
    // Dispose is no button: it is the form itself.
    const missing = codes.filter((word) => word !== "dispose" && !words.en.has(`${at}.${word}`));
    expect(missing).toEqual([]);
  });
  it("EventKind under event", () => {
    const body = /export type EventKind = ([^;]+);/.exec(contract)?.[1] ?? "";
    const kinds = [...body.matchAll(/"kind": "(\w+)"/g)].map((found) => found[1] as string);
    expect(kinds.length).toBeGreaterThan(30);
    expect(kinds.filter((kind) => !words.en.has(`event.${kind}`))).toEqual([]);
  });
});
