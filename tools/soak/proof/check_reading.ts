/**
 * Holds the reading of sources against the engine: random texts are run, and what was called in them is compared with
 * what `foreignSources` finds. One in which something is called that is not found could be proven to hang, falsely.
 *
 * @module
 */

import { resolveByLooks } from "../../../tests/support/resolve_by_looks.ts";
import { foreignSources } from "../../../lib/diagnose/proof/foreign.ts";
import { randomText } from "./random_text.ts";
import { seeded } from "../../../tests/support/random.ts";

/** How it went. */
export interface ReadingCounts {
  /** Texts that the engine did not take. */
  broken: number;
  /** Called, and found. */
  found: number;
  /** Called, and not read for certain. */
  doubted: number;
  /** Called and not found: what must not be. */
  readonly missed: string[];
  /** Nothing was called and nothing found. */
  clean: number;
  /** Nothing was called, and something was found or doubted: what costs a proof. */
  overcautious: number;
}

const CALL = "setTimeout(f)";

/** Checks texts with consecutive seeds. */
export function checkReading(
  { texts, seed }: { readonly texts: number; readonly seed: number },
): ReadingCounts {
  const counts: ReadingCounts = {
    broken: 0,
    found: 0,
    doubted: 0,
    missed: [],
    clean: 0,
    overcautious: 0,
  };
  for (let n = 0; n < texts; n++) {
    const random = seeded(seed + n);
    const text = randomText(random, random.chance(50) ? CALL : null);
    const called = isCalled(text);
    if (called === null) counts.broken++;
    else count(counts, text, called);
  }
  return counts;
}

/** Whether running it calls the timer; null when the engine does not take it. */
function isCalled(text: string): boolean | null {
  let called = false;
  try {
    const run = new Function("setTimeout", "f", text);
    try {
      run(() => {
        called = true;
        return 1;
      }, 0);
    } catch {
      // What was called before it failed counts.
    }
    return called;
  } catch {
    return null;
  }
}

function count(counts: ReadingCounts, text: string, called: boolean): void {
  const reasons = foreignSources(
    ["file:///text.ts"],
    resolveByLooks,
    "file:///library.ts",
    "living",
    () => `export {};\n${text}`,
  );
  const found = reasons.some((reason) => reason.endsWith("uses setTimeout"));
  if (!called) {
    if (reasons.length === 0) counts.clean++;
    else counts.overcautious++;
  } else if (found) counts.found++;
  else if (reasons.length > 0) counts.doubted++;
  else counts.missed.push(text);
}
