// A tour is steps in order, each a fact with a name. A failed step takes a picture and the tour goes on; the last line
// says how many passed and failed.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

export function tour(shots) {
  mkdirSync(shots, { recursive: true });
  const only = process.argv.slice(2).filter((word) => !word.startsWith("-"));
  let passed = 0;
  const failed = [];
  return {
    /** `look`: the page to photograph where it fails. `after`: puts things right again, also after a failure. */
    async step(name, fact, { look, after } = {}) {
      if (only.length > 0 && !only.some((word) => name.includes(word))) return;
      const began = performance.now();
      const took = () => `${Math.round(performance.now() - began)} ms`;
      try {
        await fact();
        passed++;
        console.log(`ok    ${name} (${took()})`);
      } catch (why) {
        failed.push(name);
        console.log(
          `FAIL  ${name} (${took()})\n      ${String(why?.stack ?? why)
            .split("\n")
            .slice(0, 14)
            .join("\n      ")}`,
        );
        const picture = join(shots, `${name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80)}.png`);
        await look?.screenshot({ path: picture }).then(
          () => console.log(`      ${picture}`),
          () => {},
        );
      }
      try {
        await after?.();
      } catch (why) {
        console.log(`      afterwards: ${why.message}`);
      }
    },
    end() {
      for (const name of failed) console.log(`failed: ${name}`);
      console.log(`${passed} passed, ${failed.length} failed`);
      return failed.length === 0;
    },
  };
}

/** @returns {asserts truth} */
export function must(truth, why) {
  if (!truth) throw new Error(why);
}

export function same(found, wanted, what) {
  must(found === wanted, `${what}: ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}

/** The value below which the share `p` of them lies. */
export function quantile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
}
