// Whom a call may be with. Settled is what the server, or a person, settled; all else is a guess and says so. Pure.

import type { CallCard, KnownCustomer } from "../contract.gen";

/** One choice: a customer, with those of its people the number belongs to. */
export type Guess = KnownCustomer & { people: string[] };

/** Surest first, a customer once: its contacts are no choice of their own. */
export function guesses(card: Pick<CallCard, "candidates">): Guess[] {
  const all = new Map<string, Guess>();
  for (const one of card.candidates) {
    const known = all.get(one.customer);
    const people = [...(known?.people ?? []), ...(one.contactName ? [one.contactName] : [])];
    all.set(one.customer, known ? { ...known, people } : { ...one, people });
  }
  return [...all.values()];
}

type Told = Pick<CallCard, "candidates" | "customer" | "caller">;

/** The guess that was settled; null: nobody yet, or somebody found by hand. */
export const settled = (card: Told): Guess | null =>
  guesses(card).find((one) => one.customer === card.customer) ?? null;

/** Settled by a person: the number alone would not have been believed. */
export function byPerson(card: Told): boolean {
  if (card.customer === null) return false;
  const [only, ...more] = guesses(card);
  const sure = only && ["exact", "equivalent"].includes(only.reason) && trust(only.confidence) === "ok";
  return !(sure && more.length === 0 && only.customer === card.customer);
}

/** A name for small places: a guess carries its question mark, in front, where no narrow place cuts it off. Null: nothing is known, or only the number. */
export function nameOf(card: Told): { name: string; sure: boolean } | null {
  const known = settled(card);
  if (known) return { name: known.name, sure: true };
  const [best, ...more] = card.customer === null ? guesses(card) : [];
  if (best && more.length === 0) return { name: `? ${best.name}`, sure: false };
  return card.caller.name ? { name: card.caller.name, sure: false } : null;
}

/** How far a guess may be believed. */
export const trust = (confidence: number): "ok" | "info" | "warn" =>
  confidence >= 80 ? "ok" : confidence >= 50 ? "info" : "warn";
