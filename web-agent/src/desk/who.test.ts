import { describe, expect, it } from "vitest";
import type { KnownCustomer } from "../contract.gen";
import { byPerson, guesses, nameOf, settled } from "./who";

const known = (customer: string, over: Partial<KnownCustomer> = {}): KnownCustomer => ({
  customer,
  contact: null,
  name: `C${customer}`,
  contactName: null,
  level: null,
  vip: false,
  reason: "exact",
  confidence: 95,
  lastContacts: [],
  openItems: 0,
  ...over,
});
const caller = { raw: "", name: "", number: "+8613800138000", withheld: false };
const tail = known("1", { reason: "tail", confidence: 40 });

describe("whom a call is with", () => {
  it("a lone weak match settles nobody: it is a guess, with its question mark", () => {
    const card = { candidates: [tail], customer: null, caller };
    expect(settled(card)).toBeNull();
    expect(nameOf(card)).toEqual({ name: "? C1", sure: false });
  });

  it("what the server settled, or a person, is said without one", () => {
    const card = { candidates: [known("1"), known("2")], customer: "2", caller };
    expect(nameOf(card)).toEqual({ name: "C2", sure: true });
  });

  it("of several none is named", () => {
    expect(nameOf({ candidates: [known("1"), known("2")], customer: null, caller })).toBeNull();
    const named = { ...caller, name: "ANN LEE" };
    expect(nameOf({ candidates: [], customer: null, caller: named })).toEqual({ name: "ANN LEE", sure: false });
  });

  it("somebody found by hand is none of the guesses, and no guess is named instead", () => {
    const card = { candidates: [tail], customer: "7", caller };
    expect([settled(card), nameOf(card)]).toEqual([null, null]);
  });

  it("two people of one customer are one choice", () => {
    const two = [known("1", { contact: "11", contactName: "Ann" }), known("1", { contact: "12", contactName: "Ben" })];
    expect(guesses({ candidates: two }).map((one) => [one.customer, one.people])).toEqual([["1", ["Ann", "Ben"]]]);
  });

  it.each([
    ["the only sure match, settled by its number", [known("1")], "1", false],
    ["a weak match that was linked", [tail], "1", true],
    ["one of two sure ones", [known("1"), known("2")], "1", true],
    ["somebody else than the match", [known("1")], "7", true],
    ["nobody", [known("1")], null, false],
  ])("%s", (_, candidates, customer, person) => expect(byPerson({ candidates, customer, caller })).toBe(person));
});
