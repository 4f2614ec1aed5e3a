/**
 * Durations as people write them. A unit is required: `5` means seconds to one tool and milliseconds to the next, and
 * a deadline that is wrong by a thousand is found out only after the hang.
 *
 * @module
 */

import { UsageError } from "./usage_error.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** `setTimeout` counts in 31 bits; a longer bound would fire at once. About 24 days. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Reads `500ms`, `3s`, `1.5s`, `2m`, `1h`, `1m30s`.
 *
 * @param text what was written
 * @param where the flag, variable or key it was written for, for the message
 * @returns milliseconds, zero or more, a whole number
 * @throws {UsageError} when the unit is missing, the text is no duration, or it is longer than timers can count
 */
export function parseDuration(text: string, where: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    throw new UsageError(
      `${where} ${trimmed}: a duration needs its unit; write ${trimmed}s or ${trimmed}ms`,
    );
  }
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(trimmed)) {
    throw new UsageError(`${where} ${quote(text)} is not a duration; write 500ms, 3s or 2m`);
  }
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? NaN);
  }
  const ms = Math.round(total);
  if (ms > MAX_MS) {
    throw new UsageError(
      `${where} ${trimmed} is longer than a timer can count; the most is 24 days`,
    );
  }
  return ms;
}

/** Writes milliseconds as a flag would take them, exactly: `1500ms`, `5s`, `2m`. */
export function durationFlag(ms: number): string {
  if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms !== 0 && ms % 1_000 === 0) return `${ms / 1_000}s`;
  return `${ms}ms`;
}

function quote(text: string): string {
  return text === "" ? "(empty)" : JSON.stringify(text);
}
