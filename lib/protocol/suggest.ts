/**
 * "Did you mean …?": the known name that is nearest to a mistyped one. Loaded only when something was mistyped.
 *
 * Near means a few keystrokes away (insert, delete, replace, swap of neighbours), or the beginning of a known name.
 * When nothing is near, nothing is suggested: a wild guess is worse than a list.
 *
 * @module
 */

/**
 * The nearest of `known` to `typed`, or null when none is near.
 *
 * @param typed what the person wrote
 * @param known every name that would have been right
 */
export function suggest(typed: string, known: Iterable<string>): string | null {
  const wanted = typed.toLowerCase();
  const bound = Math.floor(wanted.length / 3);
  let best: string | null = null;
  let bestScore = Infinity;
  for (const name of known) {
    const score = distance(wanted, name.toLowerCase());
    if (score <= bound && score < bestScore) [best, bestScore] = [name, score];
  }
  return best ?? longestSharedStart(wanted, known);
}

/** `; did you mean "x"?` or an empty string: appended to the sentence that refuses `typed`. */
export function didYouMean(typed: string, known: Iterable<string>, prefix = ""): string {
  const name = suggest(typed, known);
  return name === null ? "" : `; did you mean ${prefix}${name}?`;
}

/** People often remember how a name begins: two letters in common are enough when nothing is closer. */
function longestSharedStart(wanted: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestLength = 1;
  for (const name of known) {
    let length = 0;
    while (length < wanted.length && wanted[length] === name[length]?.toLowerCase()) length++;
    if (length > bestLength) [best, bestLength] = [name, length];
  }
  return best;
}

/** Edits between two words, with a swap of neighbours counted as one (optimal string alignment). */
export function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        at(previous, j) + 1,
        at(row, j - 1) + 1,
        at(previous, j - 1) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      }
      row.push(cost);
    }
    [beforePrevious, previous] = [previous, row];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
