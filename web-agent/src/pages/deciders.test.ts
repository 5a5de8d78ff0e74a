import { describe, expect, it } from "vitest";
import type { CustomerEdit } from "../api";
import { matches } from "../app/Commands";
import { merge } from "../ui/merge";
import { offsetOf } from "./admin/CodeEditor";
import { written } from "./admin/Things";
import { dialable } from "./desk/TransferDialog";

const customer = (over: Partial<CustomerEdit> = {}): CustomerEdit => ({
  name: "Acme",
  kind: "organisation",
  level: null,
  source: null,
  region: null,
  industry: null,
  stage: null,
  ownerAgent: "7",
  ownerTeam: null,
  vip: false,
  notes: null,
  ...over,
});

describe("two people edit one customer", () => {
  it("what I changed is mine, what only they changed stays theirs", () => {
    const [base, theirs, mine] = [
      customer(),
      customer({ level: "Gold", vip: true }),
      customer({ name: "Acme Ltd", vip: false }),
    ];
    expect(merge(base, theirs, mine)).toEqual(customer({ name: "Acme Ltd", level: "Gold", vip: true }));
  });
  it("what they emptied stays empty, and equal values are no change in whatever order their keys come", () => {
    const base = { ...customer({ level: "Gold" }), overflow: { kind: "queue", queue: "1" } };
    const theirs = { ...base, level: null, overflow: { kind: "voicemail" } as never };
    const mine = { ...base, overflow: { queue: "1", kind: "queue" } };
    expect(merge(base, theirs, mine)).toEqual(theirs);
  });
  it("where both changed one field, keeping mine keeps mine", () => {
    expect(merge(customer(), customer({ notes: "theirs" }), customer({ notes: "mine" })).notes).toBe("mine");
  });
});

describe("what an administrator's form sends", () => {
  it("is the fields of the document and nothing the server keeps", () => {
    const sent = written<never>({ name: "", from: [] } as never, {
      id: "1",
      version: 3,
      name: "x",
      from: ["a", ""],
      health: "ok",
    });
    expect(sent).toEqual({ name: "x", from: ["a"] });
  });
  it("holds a password only where one was typed", () => {
    const blank = { username: "" } as never;
    expect(written<never>(blank, { username: "a", password: "" })).toEqual({ username: "a" });
    expect(written<never>(blank, { username: "a", password: "secret" })).toEqual({ username: "a", password: "secret" });
  });
});

it.each([
  ["138 0013-8000", "13800138000"],
  ["+86 (21) 5555 0000", "+862155550000"],
  ["8001", "8001"],
  ["*98#", "*98#"],
  ["Sales", null],
  ["1", null],
  ["", null],
])("typing %j for a transfer dials %j", (typed, number) => expect(dialable(typed)).toBe(number));

it.each([
  [1, 1, 0],
  [2, 3, 6],
  [2, 99, 7],
  [99, 1, 8],
])("line %i column %i of a text stands at %i", (line, column, at) =>
  expect(offsetOf("abc\nxyz\n", line, column)).toBe(at));

it("every part typed into the command bar must fit somewhere", () => {
  expect(matches("Go to Customers", "cust go")).toBe(true);
  expect(matches("Go to Customers", "cust x")).toBe(false);
  expect(matches("前往：客户", "客户")).toBe(true);
});
