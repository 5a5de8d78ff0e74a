import { describe, expect, it } from "vitest";
import type { Prompt } from "../../../api";
import { type Item, lengthOf, music, nameFault, sendable, shown, spoken, suggested, undoOf, userOf } from "./plan";

const prompt = (over: Partial<Prompt>): Prompt => ({
  language: "zh-CN",
  name: "welcome",
  durationMs: 1000,
  bytes: 100,
  own: false,
  builtIn: true,
  says: null,
  changedAt: null,
  flows: [],
  queues: [],
  ...over,
});
const known = [
  prompt({ says: "您好，欢迎致电" }),
  prompt({ language: "en", says: "Hello", flows: ["main"] }),
  prompt({ name: "spring-sale", own: true, builtIn: false, flows: ["sale"] }),
  prompt({ name: "beep", language: "all" }),
  prompt({ name: "default", language: "music" }),
  prompt({ name: "piano", language: "music", own: true, builtIn: false, queues: ["support-zh"] }),
];

it.each([
  ["Welcome Message (final).WAV", "welcome-message-final"],
  ["欢迎词 2026.wav", "欢迎词-2026"],
  ["__a..b__.wav", "a-b__"],
  ["e\u0301te\u0301.wav", "\u00e9t\u00e9"],
  [".wav", ""],
  [`${"x".repeat(80)}.wav`, "x".repeat(60)],
])("a file called %j begins as %j", (file, name) => expect(suggested(file)).toBe(name));

describe("a name", () => {
  it.each([
    ["welcome", null],
    ["new-one", null],
    ["欢迎词", null],
    ["Welcome", "unique"],
    ["", "name"],
    ["-a", "name"],
    ["a b", "name"],
    ["a/b", "name"],
    ["x".repeat(61), "name"],
    ["other", "twice"],
  ])("%j: %j", (name, wrong) => expect(nameFault(name, "zh-CN", ["Other"], known)).toBe(wrong));

  it("is free in a language that has none of it", () => {
    expect(nameFault("Piano", "music", [], known)).toBe("unique");
    expect(nameFault("Piano", "en", [], known)).toBeNull();
  });
});

it("what is no sound, has no good name or was sent already is not sent", () => {
  const file = new File([], "x.wav");
  const item = (key: number, name: string, over: Partial<Item> = {}): Item => ({
    key,
    file,
    name,
    heard: { sound: { ms: 1, rate: 8000, channels: 1, shape: [] }, fault: null },
    sent: null,
    done: false,
    refused: null,
    ...over,
  });
  const items = [
    item(1, "good"),
    item(2, "bad name"),
    item(3, "mp3", { heard: { sound: null, fault: "not_wav" } }),
    item(4, "gone", { done: true }),
    item(5, "same"),
    item(6, "Same"),
    item(7, "again", { refused: "no room" }),
  ];
  expect(sendable(items, "en", known).map((one) => one.key)).toEqual([1, 7]);
});

describe("a change is taken back", () => {
  const at = { language: "zh-CN", name: "welcome" } as const;
  const audio = new ArrayBuffer(4);
  it("by putting the own one of before there again", () =>
    expect(undoOf(prompt({ own: true }), at, audio)).toEqual({ ...at, put: audio }));
  it("by deleting what took the place of a built-in one, or of none", () => {
    expect(undoOf(prompt({}), at, audio)).toEqual({ ...at, put: null });
    expect(undoOf(null, at, null)).toEqual({ ...at, put: null });
  });
});

describe("the list", () => {
  const names = (typed: string, language = "zh-CN") => shown(known, language, typed).map((one) => one.name);
  it("is of one language, the company's own first", () => {
    expect(names("")).toEqual(["spring-sale", "welcome"]);
    expect(names("", "music")).toEqual(["piano", "default"]);
  });
  it("is found by name, by what is said, and by who plays it", () => {
    expect(names("WEL")).toEqual(["welcome"]);
    expect(names("欢迎")).toEqual(["welcome"]);
    expect(names("sale spring")).toEqual(["spring-sale"]);
    expect(names("support", "music")).toEqual(["piano"]);
    expect(names("nothing")).toEqual([]);
  });
});

describe("a form's choices", () => {
  it("name what is spoken once each, and say where it is missing", () =>
    expect(spoken(known).map(({ value, only }) => [value, only])).toEqual([
      ["beep", null],
      ["spring-sale", "zh-CN"],
      ["welcome", null],
    ]));
  it("are music beside the default", () => expect(music(known)).toEqual(["piano"]));
});

it("who is in the way is told in the reader's language", () => {
  expect(userOf("flow main")).toEqual({ kind: "flow", name: "main" });
  expect(userOf("queue 售后 服务")).toEqual({ kind: "queue", name: "售后 服务" });
  expect(userOf("something else")).toBeNull();
});

it.each([
  [40, { seconds: "0.1" }],
  [740, { seconds: "0.7" }],
  [9_949, { seconds: "9.9" }],
  [9_960, { seconds: "10" }],
  [59_400, { seconds: "59" }],
  [59_600, { clock: true }],
])("%i ms are %j", (ms, said) => expect(lengthOf(ms)).toEqual(said));
