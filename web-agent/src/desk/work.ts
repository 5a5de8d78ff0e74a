// What an agent types about a call. Three texts are kept apart: what stands on the screen, what the server keeps of it, and
// what was saved as the call's outcome. Only answers of the server move the last two, so typing on while one is under way
// loses nothing. Pure.

export type Typed = { dispositions: string[]; notes: string };

export type Work = Typed & {
  /** As the server has it: a draft, or what was saved. */
  kept: Typed;
  /** The last outcome saved; null: none yet. */
  saved: Typed | null;
  /** Of the draft. `failed` is tried again, `refused` is not, until more is typed. */
  state: "none" | "typing" | "kept" | "failed" | "refused";
};

export const nothing: Typed = { dispositions: [], notes: "" };

const of = ({ dispositions, notes }: Typed): Typed => ({ dispositions, notes });
const alike = (a: Typed, b: Typed) =>
  a.notes.trim() === b.notes.trim() && a.dispositions.join() === b.dispositions.join();

/** A call opened: the draft where there is one, else what was saved, else nothing. */
export function opened(draft: Typed | null, saved: Typed | null): Work {
  const now = of(draft ?? saved ?? nothing);
  return { ...now, kept: now, saved: saved && of(saved), state: draft ? "kept" : "none" };
}

/** Something stands here that the server has not heard. */
export const unheard = (work: Work): boolean => !alike(work, work.kept);

/** Something stands here that no outcome says. */
export const unsaved = (work: Work): boolean => !alike(work, work.saved ?? nothing);

export function edited(work: Work, some: Partial<Typed>): Work {
  const next = { ...work, ...some };
  return { ...next, state: unheard(next) ? "typing" : work.state === "typing" ? "none" : work.state };
}

/** The server keeps `sent` as a draft. */
export function drafted(work: Work, sent: Typed): Work {
  const next = { ...work, kept: of(sent) };
  return { ...next, state: unheard(next) ? "typing" : unsaved(next) ? "kept" : "none" };
}

/** `sent` is the call's outcome now, and the server's draft is gone. */
export function saved(work: Work, sent: Typed): Work {
  const next = { ...work, kept: of(sent), saved: of(sent) };
  return { ...next, state: unheard(next) ? "typing" : "none" };
}

export const failed = (work: Work, forGood: boolean): Work => ({ ...work, state: forGood ? "refused" : "failed" });
