// What an administrator does with prompts, before it is done: which prompt a file becomes, what it replaces, what is wrong
// with its name, and how each change is taken back. Pure.

import type { Prompt, PromptFolder } from "../../../api";
import type { Heard } from "./sound";

export const folders: PromptFolder[] = ["zh-CN", "en", "music", "all"];

export const keyOf = (one: { language: string; name: string }) => `${one.language}/${one.name}`;

/** A file on its way. */
export type Item = {
  key: number;
  file: File;
  name: string;
  heard: Heard;
  /** Sent so far, 0 to 1; null: not on its way. */
  sent: number | null;
  done: boolean;
  /** Why the server refused it. */
  refused: string | null;
};

/** A name to begin with: the file's, as names may be. */
export function suggested(fileName: string): string {
  const stem = fileName.normalize("NFC").replace(/\.[^.]*$/, "");
  const name = stem
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_-]+/gu, "-")
    .replace(/-+/g, "-")
    .replace(/^[-_]+|-+$/g, "");
  return [...name].slice(0, 60).join("");
}

export type NameFault = "name" | "unique" | "twice";
/** What is wrong with a name: its letters, another that differs by case only, or two files of one name. */
export function nameFault(name: string, language: string, others: string[], known: Prompt[]): NameFault | null {
  const here = known.filter((one) => one.language === language);
  if (others.some((other) => other.toLowerCase() === name.toLowerCase())) return "twice";
  if (here.some((one) => one.name === name)) return null;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(name) || [...name].length > 60) return "name";
  return here.some((one) => one.name.toLowerCase() === name.toLowerCase()) ? "unique" : null;
}

/** What is heard now under that name. */
export const replaced = (name: string, language: string, known: Prompt[]) =>
  known.find((one) => one.language === language && one.name === name) ?? null;

/** Those that can be sent: a sound, a good name, and not sent yet. */
export const sendable = (items: Item[], language: string, known: Prompt[]) =>
  items.filter(
    (one) =>
      !one.done && one.heard.fault === null && nameFault(one.name, language, othersOf(one, items), known) === null,
  );

export const othersOf = (item: Item, items: Item[]) =>
  items.filter((one) => one.key !== item.key).map((one) => one.name);

/** How a change is taken back: the own one of before is put there again, or what is there now is deleted. */
export type At = { language: PromptFolder; name: string };
export type Undo = At & { put: ArrayBuffer | null };
export function undoOf(before: Prompt | null, at: At, audio: ArrayBuffer | null): Undo {
  const { language, name } = at;
  return { language, name, put: before?.own ? audio : null };
}

/** A length as people say it: `0.7`, `12`, `1:05`; seconds have a unit, longer ones say it themselves. */
export function lengthOf(ms: number): { seconds: string } | { clock: true } {
  if (ms >= 59_500) return { clock: true };
  return { seconds: ms < 9_950 ? (Math.max(1, Math.round(ms / 100)) / 10).toFixed(1) : String(Math.round(ms / 1000)) };
}

/** Those of one language, the company's own first, by name; every word typed stands in the name, in what is said, or in who plays it. */
export function shown(all: Prompt[], language: string, typed: string): Prompt[] {
  const words = typed.trim().toLowerCase().split(/\s+/);
  const text = (one: Prompt) => [one.name, one.says ?? "", ...one.flows, ...one.queues].join("\n").toLowerCase();
  return all
    .filter((one) => one.language === language && words.every((word) => text(one).includes(word)))
    .sort((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name));
}

export type Choice = { value: string; says: string | null; only: PromptFolder | null };
/** What may be named as a prompt that is spoken: once each, with the language where it is not there in both. */
export function spoken(all: Prompt[]): Choice[] {
  const names = new Map<string, Prompt[]>();
  for (const one of all) if (one.language !== "music") names.set(one.name, [...(names.get(one.name) ?? []), one]);
  return [...names]
    .map(([value, ones]) => {
      const everywhere = ones.some((one) => one.language === "all") || ones.length > 1;
      return { value, says: ones[0]?.says ?? null, only: everywhere ? null : (ones[0]?.language ?? null) };
    })
    .sort((a, b) => a.value.localeCompare(b.value));
}

/** What may be named as music, beside the default. */
export const music = (all: Prompt[]): string[] =>
  all
    .filter((one) => one.language === "music" && one.name !== "default")
    .map((one) => one.name)
    .sort((a, b) => a.localeCompare(b));

/** `flow main` as the server names who is in the way. */
export function userOf(told: string): { kind: "flow" | "queue"; name: string } | null {
  const found = /^(flow|queue) (.+)$/s.exec(told);
  return found ? { kind: found[1] as "flow" | "queue", name: found[2] as string } : null;
}
