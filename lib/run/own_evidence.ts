/**
 * The evidence that the harness itself gives: what its verdict rests on, and how the looking went. What the rules
 * conclude comes after it.
 *
 * @module
 */

import type { Evidence } from "../model/result.ts";
import { type AttemptParts, ownEvents } from "./attempt.ts";
import type { Judgement } from "./judge.ts";
import { tenths } from "./tenths.ts";

/** A gap between two looks longer than this is told: the observer was starved too. */
const TELL_GAP_MS = 250;

/** In the order in which it is read. */
export function ownEvidence(parts: AttemptParts, judgement: Judgement): Evidence[] {
  const lines: Evidence[] = [{ kind: "verdict", detail: judgement.because, ref: null }];
  const { log, sigint, exit, dump, clock, operatedAt } = parts;
  // With a certificate main was freed by us, so that its exit says nothing; nor does one that came of a remedy by hand.
  const byItself = exit !== null && exit.atMs < (operatedAt ?? Infinity);
  if (sigint?.certificate === null && byItself && log.clockStart !== null) {
    const ms = tenths(clock.ran(log.clockStart, exit.atMs) - sigint.sentMs);
    lines.push({
      kind: "sigint",
      detail: `the process exited ${ms} ms after SIGINT`,
      ref: "sigint",
    });
  }
  lines.push(...visibleFailures(parts));
  lines.push(...standings(parts));
  if (dump?.kind === "failed") lines.push({ kind: "dump", detail: dump.why, ref: null });
  if (parts.maxGapMs > TELL_GAP_MS) {
    const ms = Math.round(parts.maxGapMs);
    const detail = `unwedge itself did not get to look for up to ${ms} ms; clocks are the ` +
      "subject's own records, but ends of threads and of the process may be dated late";
    lines.push({ kind: "observer", detail, ref: null });
  }
  lines.push(...parts.selfCheck);
  if (parts.journalDamage !== null) {
    lines.push({ kind: "journal", detail: parts.journalDamage, ref: "journal.msgpack" });
  }
  if (log.dropped > 0) {
    const detail = `${log.dropped} records are in the file but were not kept in memory`;
    lines.push({ kind: "journal", detail, ref: "journal.msgpack" });
  }
  return lines;
}

/** Errors that came out of the program before its tasks were joined: a run can fail and hang. */
function visibleFailures(parts: AttemptParts): Evidence[] {
  const { clockStart, joined, teardown } = parts.log;
  const lines: Evidence[] = [];
  for (const event of ownEvents(parts)) {
    if (event.kind !== "error" || event.name === WORKER_ERROR || clockStart === null) continue;
    if (joined !== null && event.t >= joined.t) continue;
    const when = toldFromTeardown(event.t, teardown?.t ?? null);
    const detail = `${event.name} came out of the ${event.where} ${when}, before the nursery ` +
      `joined: ${event.message}`;
    lines.push({ kind: "error", detail, ref: null });
  }
  return lines;
}

/**
 * When something came, in words.
 *
 * @param teardownAt when teardown was requested, on the same clock; null when it was not, and the program ended by itself
 */
export function toldFromTeardown(t: number, teardownAt: number | null): string {
  if (teardownAt === null) return "without a request of teardown";
  const ms = Math.round(t - teardownAt);
  return ms < 0
    ? `${-ms} ms before teardown was requested`
    : `${ms} ms after teardown was requested`;
}

/** The name under which the runtime reports what a worker's own error event said. */
const WORKER_ERROR = "worker error";

/** Times that are in no clock. */
function standings({ clock }: AttemptParts): Evidence[] {
  const lines: Evidence[] = [];
  const pausedMs = Math.round(clock.stood("paused"));
  if (pausedMs > 0) {
    const detail = `subject and clocks were stopped for ${pausedMs} ms, which are in no clock`;
    lines.push({ kind: "paused", detail, ref: null });
  }
  const stoodMs = Math.round(clock.stood("standing"));
  if (stoodMs > 0) {
    const detail =
      `the deadline stood for ${stoodMs} ms while the subject was looked at, and went on`;
    lines.push({ kind: "paused", detail, ref: null });
  }
  return lines;
}
