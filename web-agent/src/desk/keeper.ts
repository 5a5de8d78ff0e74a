// Keeps what is typed about calls: a draft on the server 2 s after the last word was sent, until it is saved. What is typed
// outlives its page and its card; it is let go once the server has it and nobody looks at it.

import { create } from "zustand";
import { interactions, Problem } from "../api";
import type { InteractionId } from "../contract.gen";
import type { Typed, Work } from "./work";
import * as work from "./work";

const DRAFT_MS = 2000;

type Works = {
  all: Record<InteractionId, Work>;
  /** The last call that left the desk with something unsaved. */
  left: { call: InteractionId } | null;
  /** Counts what makes a list of drafts stale: one of a call without a card changed, or a card went and left one. */
  kept: number;
};
export const useWorks = create<Works>()(() => ({ all: {}, left: null, kept: 0 }));
const get = (id: InteractionId): Work | undefined => useWorks.getState().all[id];

const stale = () => useWorks.setState(({ kept }) => ({ kept: kept + 1 }));

function change(id: InteractionId, how: (now: Work) => Work) {
  useWorks.setState(({ all }) => (all[id] ? { all: { ...all, [id]: how(all[id]) } } : {}));
}

/** Calls with a card here. */
let cards: ReadonlySet<InteractionId> = new Set();
/** Forms that show a call. */
const forms = new Map<InteractionId, number>();
const timers = new Map<InteractionId, ReturnType<typeof setTimeout>>();

/** What is asked about one call is asked in order: a draft must not arrive after the saving that ends it. */
const turns = new Map<InteractionId, Promise<unknown>>();
function inTurn<T>(id: InteractionId, what: () => Promise<T>): Promise<T> {
  const mine = (turns.get(id) ?? Promise.resolve()).then(what);
  const over = mine.then(
    () => {},
    () => {},
  );
  turns.set(id, over);
  void over.then(() => turns.get(id) === over && turns.delete(id));
  return mine;
}

export function type(id: InteractionId, some: Partial<Typed>, first: Work) {
  useWorks.setState(({ all }) => ({ all: { ...all, [id]: work.edited(all[id] ?? first, some) } }));
  later(id);
}

function later(id: InteractionId) {
  const now = get(id);
  if (!now || !work.unheard(now) || now.state === "refused" || timers.has(id)) return;
  timers.set(
    id,
    setTimeout(() => {
      timers.delete(id);
      void keep(id);
    }, DRAFT_MS),
  );
}

/** Asked again, it would be refused again. */
const forGood = (why: unknown) => why instanceof Problem && [400, 403, 404, 413, 422].includes(why.status);

/** Sends what the server has not heard. */
function keep(id: InteractionId): Promise<void> {
  return inTurn(id, async () => {
    const now = get(id);
    if (now && work.unheard(now)) {
      const sent: Typed = { dispositions: now.dispositions, notes: now.notes };
      try {
        // What is saved needs no draft beside it.
        await interactions.draft(id, work.unsaved(now) ? sent : work.nothing);
        change(id, (typed) => work.drafted(typed, sent));
        if (!cards.has(id)) stale();
      } catch (why) {
        change(id, (typed) => work.failed(typed, forGood(why)));
      }
    }
    later(id);
    letGo(id);
  });
}

function letGo(id: InteractionId) {
  const now = get(id);
  if (!now || cards.has(id) || forms.has(id) || work.unheard(now)) return;
  useWorks.setState(({ all: { [id]: _, ...all } }) => ({ all }));
}

/** How many times a saving is followed by another because of what was typed meanwhile. */
const MOST_SAVES = 5;

/** Saves the outcome. With `whole`, what is typed while it is being saved is saved as well. Answers what was saved. */
export function save(id: InteractionId, first: Work, whole: boolean): Promise<Typed> {
  return inTurn(id, async () => {
    useWorks.setState(({ all }) => ({ all: { [id]: first, ...all } }));
    let sent: Typed = work.nothing;
    for (let n = 0; n < MOST_SAVES; n++) {
      const now = get(id) ?? first;
      sent = { dispositions: now.dispositions, notes: now.notes };
      await interactions.dispose(id, sent.dispositions, sent.notes.trim());
      change(id, (typed) => work.saved(typed, sent));
      const typed = get(id);
      if (!whole || !typed || !work.unheard(typed) || typed.dispositions.length === 0) break;
    }
    later(id);
    return sent;
  });
}

/** Back to what was saved, at once. Answers what stood here, for whoever wants it back. */
export function discard(id: InteractionId, first: Work): Typed {
  const now = get(id) ?? first;
  type(id, now.saved ?? work.nothing, now);
  void keep(id);
  return { dispositions: now.dispositions, notes: now.notes };
}

/** Everything the server has not heard, before the session ends. */
export async function keepAll(): Promise<void> {
  await Promise.all(Object.keys(useWorks.getState().all).map(keep));
}

/** A form shows this call until the answer is called. */
export function show(id: InteractionId): () => void {
  forms.set(id, (forms.get(id) ?? 0) + 1);
  return () => {
    const left = (forms.get(id) ?? 1) - 1;
    if (left > 0) forms.set(id, left);
    else forms.delete(id);
    if (!cards.has(id)) void keep(id);
  };
}

/** The calls with a card now. Of those that left, what is unsaved is kept, and said. */
export function onDesk(now: InteractionId[]) {
  const gone = [...cards].filter((id) => !now.includes(id));
  cards = new Set(now);
  for (const id of gone) {
    const typed = get(id);
    if (!typed) continue;
    const left = work.unsaved(typed);
    if (left) useWorks.setState({ left: { call: id } });
    void keep(id).then(() => left && stale());
  }
}

/** Signed out: what the server has not heard by now it will not hear. */
export function forgetAll() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  cards = new Set();
  useWorks.setState({ all: {}, left: null });
}
