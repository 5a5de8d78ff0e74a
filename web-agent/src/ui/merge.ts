// Two people changed one thing. What each of them changed is told apart by what both began from. Pure.

/** Values are JSON; the order of keys is not told. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => alike((a as Fields)[key], (b as Fields)[key]));
}
type Fields = Record<string, unknown>;

/** The fields that either of them changed. */
export const touched = (base: Fields, theirs: Fields, mine: Fields): string[] =>
  Object.keys(mine).filter((key) => !alike(theirs[key], base[key]) || !alike(mine[key], base[key]));

/** What I changed wins; what only they changed stays theirs. */
export function merge<T extends object>(base: T, theirs: T, mine: T): T {
  const [from, now] = [base as Fields, theirs as Fields];
  const each = ([key, value]: [string, unknown]) => [key, alike(value, from[key]) && key in now ? now[key] : value];
  return Object.fromEntries(Object.entries(mine).map(each)) as T;
}
