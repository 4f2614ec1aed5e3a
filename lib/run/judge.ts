/**
 * From what was seen of a run to its verdict. Pure: the same observations always give the same verdict, however late
 * they were made.
 *
 * Invariant: exactly one of six verdicts, tried in this order: a subject that another process killed has
 * crashed, whatever else it did; a run that was stopped is interrupted; then join, exit and leftovers decide.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import type { Phase } from "../model/result.ts";
import type { SubjectExit } from "../subject/subject_process.ts";

/** What a verdict rests on. Epoch milliseconds. */
export interface Observed {
  /**
   * Whether the subject writes down when its nursery joins; absent means yes. Without, the end of its process decides.
   */
  readonly journal?: boolean;
  readonly phase: Phase;
  /** When the clocks started, null when teardown never was requested and the run was not judged before. */
  readonly clockStart: number | null;
  readonly deadlineAt: number | null;
  readonly joined: Extract<JournalEvent, { kind: "joined" }> | null;
  /** How the subject ended; null when it still ran, or unwedge ended it. */
  readonly exit: SubjectExit | null;
  /** Whether the subject was still there at the first look after its time was up. */
  readonly overdue: boolean;
  /** The signal that told a command to stop; null, or absent, when none was sent. */
  readonly stopSignal?: string | null;
  /** Whether unwedge had sent it SIGINT, which a program without a listener dies of. */
  readonly sigintSent: boolean;
  /** Whether the operator stopped the run before it was judged. */
  readonly interrupted: boolean;
  /** When the run was stopped because it was proven that it never ends; null, or absent, when it was not. */
  readonly provenAt?: number | null;
  /** When something that was done to it from outside first had an effect; null, or absent, when nothing did. */
  readonly helpedAt?: number | null;
}

/** The verdict with the sentence that justifies it. */
export type Judgement =
  | { readonly kind: "finished"; readonly because: string }
  | { readonly kind: "leaked"; readonly because: string }
  | { readonly kind: "hung"; readonly because: string }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "crashed"; readonly because: string }
  | { readonly kind: "interrupted"; readonly because: string };

/** Judges one run. */
export function judge(seen: Observed): Judgement {
  const { exit, joined } = seen;
  const { stopSignal = null } = seen;
  const obeyed = exit?.kind === "signal" && exit.signal === stopSignal;
  if (exit?.kind === "signal" && !obeyed && !(exit.signal === "SIGINT" && seen.sigintSent)) {
    return { kind: "crashed", because: `the subject was killed by ${exit.signal}, not by unwedge` };
  }
  if (seen.interrupted) {
    return { kind: "interrupted", because: "the run was stopped before it could be judged" };
  }
  const { provenAt = null, helpedAt = null } = seen;
  if (helpedAt !== null && !seen.overdue && (joined === null || joined.t >= helpedAt)) {
    const because =
      "it was acted on before its deadline, so what it would have done by itself is not known";
    return { kind: "interrupted", because };
  }
  if (provenAt !== null && (joined === null || joined.t > provenAt)) {
    return { kind: "hung", because: PROVEN[seen.phase] };
  }
  if (seen.overdue && seen.journal !== false && seen.phase !== "teardown") {
    return { kind: "hung", because: OVERDUE[seen.phase] };
  }
  if (joined === null) return seen.journal === false ? unwritten(seen) : unjoined(seen);
  if (seen.deadlineAt !== null && joined.t > seen.deadlineAt) {
    return { kind: "hung", because: OVERDUE.teardown };
  }
  if (joined.outcome === "error") {
    return { kind: "failed", because: `the run failed: ${joined.error ?? "no message"}` };
  }
  if (!seen.overdue && exit?.kind === "code") {
    return exit.code === 0
      ? { kind: "finished", because: "nursery joined, threads gone and process exited in time" }
      : {
        kind: "failed",
        because: `the subject exited with code ${exit.code} after it had joined`,
      };
  }
  return {
    kind: "leaked",
    because: "the nursery joined in time, but the process was still there at the deadline",
  };
}

const OVERDUE: Readonly<Record<Phase, string>> = {
  start: "the program was still being loaded when the time for that was up",
  body: "the program had not requested teardown when its deadline passed",
  teardown: "the nursery had not joined when the deadline passed",
};

const PROVEN: Readonly<Record<Phase, string>> = {
  start: "it is proven that the program would never have been loaded",
  body: "it is proven that the program would never have requested teardown",
  teardown: "it is proven that the nursery would never have joined",
};

function unjoined(seen: Observed): Judgement {
  const { exit } = seen;
  if (seen.overdue || exit === null) {
    return { kind: "hung", because: OVERDUE.teardown };
  }
  if (exit.kind === "code" && exit.code !== 0) {
    return {
      kind: "failed",
      because: `the subject exited with code ${exit.code} before it joined`,
    };
  }
  return {
    kind: "crashed",
    because: "the subject went away, with exit code 0, without having joined its nursery",
  };
}

/** A subject without a journal: the end of its process is all that tells of its teardown. */
function unwritten({ overdue, exit, stopSignal = null }: Observed): Judgement {
  if (!overdue && exit?.kind === "signal" && exit.signal === stopSignal) {
    return { kind: "finished", because: `the process ended of ${stopSignal} in time` };
  }
  if (overdue || exit?.kind !== "code") {
    return { kind: "hung", because: "the process had not ended when it was judged" };
  }
  return exit.code === 0
    ? { kind: "finished", because: "the process exited in time" }
    : { kind: "failed", because: `the subject exited with code ${exit.code}` };
}

/** How a subject ended, in words; null when it did not end by itself. */
export function exitText(exit: SubjectExit | null): string | null {
  if (exit === null) return null;
  return exit.kind === "code" ? `exit code ${exit.code}` : exit.signal;
}
