// Which lines of a text are new against another: what both have in order is old. Pure.

export type Line = { text: string; fresh: boolean };

/** By the longest common run of lines; texts of some hundred lines, as people write them. */
export function against(base: string, text: string): Line[] {
  const [old, now] = [base.split("\n"), text.split("\n")];
  const wide = now.length + 1;
  // common[i * wide + j]: how many lines old[i..] and now[j..] have in common.
  const common = new Uint16Array((old.length + 1) * wide);
  const at = (i: number, j: number) => common[i * wide + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * wide + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  for (let j = 0; j < now.length; j++) {
    while (i < old.length && old[i] !== now[j] && at(i + 1, j) >= at(i, j + 1)) i++;
    const same = i < old.length && old[i] === now[j];
    if (same) i++;
    lines.push({ text: now[j] ?? "", fresh: !same });
  }
  return lines;
}

/** Fresh lines with `around` lines beside them; null stands for lines left out. */
export function shortened(lines: Line[], around = 2): (Line | null)[] {
  const near = (n: number) => lines.slice(Math.max(0, n - around), n + around + 1).some((one) => one.fresh);
  const kept = lines.map((line, n) => (near(n) ? line : null));
  return kept.filter((line, n) => line !== null || (n > 0 && kept[n - 1] !== null) || n === 0);
}
