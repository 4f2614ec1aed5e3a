/**
 * Durations as people write them: `500ms`, `3s`, `1.5s`, `2m`, `1h`, `1m30s`. A unit is required: `5` means seconds to
 * one tool and milliseconds to the next, and a deadline that is wrong by a thousand is found out only after the hang.
 *
 * @module
 */

/** What reading a duration came to: whole milliseconds, or what is wrong with the text, to be put after its name. */
export type ReadDuration =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly problem: string };

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** `setTimeout` counts in 31 bits; a longer bound would fire at once. About 24 days. */
const MAX_MS = 2 ** 31 - 1;

/** Reads one duration. */
export function readDuration(text: string): ReadDuration {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    return bad(` ${trimmed}: a duration needs its unit; write ${trimmed}s or ${trimmed}ms`);
  }
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(trimmed)) {
    const quoted = text === "" ? "(empty)" : JSON.stringify(text);
    return bad(` ${quoted} is not a duration; write 500ms, 3s or 2m`);
  }
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? NaN);
  }
  const ms = Math.round(total);
  if (ms > MAX_MS) return bad(` ${trimmed} is longer than a timer can count; the most is 24 days`);
  return { ok: true, ms };
}

function bad(problem: string): ReadDuration {
  return { ok: false, problem };
}

/** Milliseconds at the precision that matters to a reader: `0.8 ms`, `43 ms`, `2.31 s`, `1 min 5 s`. */
export function time(ms: number): string {
  const size = Math.abs(ms);
  if (size < 9.95) return `${ms.toFixed(1)} ms`;
  if (size < 999.5) return `${Math.round(ms)} ms`;
  if (size < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (size < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
}

/** A bound that was configured, exactly: `5 s`, `250 ms`, `2.5 s`. */
export function bound(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`;
}
