/**
 * Puts what a suite observed into one document.
 *
 * Invariant: every run that was planned is in it: with its verdict, as a fault, or as skipped.
 *
 * @module
 */

import { type TimedRun, waitsOf } from "../../run/configured_waits.ts";
import { declaredBy, remedyLabel } from "../../report/declared.ts";
import { assembleDocument } from "../../run/result/document.ts";
import type { ResultDocument, Unjudged } from "../../model/result.ts";
import { STOP_CODES, type StopCause } from "../exit_code.ts";
import { CANNOT_JUDGE } from "../../report/worst.ts";
import { replayFlags } from "../replay.ts";
import type { ReproOptions } from "../verbs/repro_options.ts";
import type { DoneCell } from "./cell.ts";
import type { Selected } from "./selection.ts";

/** What a suite has to show. */
export interface SuiteRecord {
  readonly verb: string;
  readonly runDir: string;
  readonly options: ReproOptions;
  readonly shard: string | null;
  readonly argv: readonly string[];
  /** When it began, as in the document. */
  readonly startedAt: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  readonly interruptedBy: StopCause | null;
  /** In any order. */
  readonly done: readonly DoneCell[];
  readonly unjudged: readonly Unjudged[];
}

/**
 * Assembles it, totals and exit code included.
 *
 * @param code the exit code when everything is as declared
 */
export function suiteDocument(record: SuiteRecord, code: number): ResultDocument {
  const { verb, runDir, options, shard, argv, startedAt, durationMs, interruptedBy } = record;
  const done = record.done.toSorted((a, b) => a.cell.number - b.cell.number);
  const scenarios = [...new Set(done.map(({ cell }) => cell.scenario))].flatMap((scenario) => {
    const mine = done.flatMap(({ cell, outcome, dir, durationMs }) =>
      cell.scenario === scenario && outcome.kind === "judged"
        ? [{ attempt: outcome.attempt, run: { dir, durationMs } }]
        : []
    );
    if (mine.length === 0) return [];
    return [{
      ...declaredBy(scenario.facts),
      ...setOf(scenario),
      attempts: mine.map(({ attempt }) => attempt),
      runs: mine.map(({ run }) => run),
    }];
  });
  const assemble = (exitCode: number) =>
    assembleDocument(
      {
        id: runDir.slice(runDir.lastIndexOf("/") + 1),
        startedAt,
        durationMs,
        argv,
        seed: options.seed,
        shard,
        partial: interruptedBy !== null || record.unjudged.length > 0,
        interruptedBy,
        exitCode,
        verb,
        // Not every scenario has every parameter: what was set of each stands with it.
        replayFlags: replayFlags({ ...options, set: {} }),
        waits: done.length === 0 ? null : waitsOf(done.flatMap(timedOf(options)), durationMs),
      },
      scenarios,
      record.unjudged,
    );
  const { totals } = assemble(0);
  const exitCode = interruptedBy !== null
    ? STOP_CODES[interruptedBy]
    : totals.mismatched > 0
    ? 1
    : totals.faults > 0
    ? CANNOT_JUDGE
    : code;
  return assemble(exitCode);
}

/** What was set of a scenario's parameters, for the document; nothing when nothing was. */
export function setOf({ set }: Pick<Selected, "set">): { readonly set?: Selected["set"] } {
  return Object.keys(set).length === 0 ? {} : { set };
}

function timedOf(options: ReproOptions): (done: DoneCell) => TimedRun[] {
  return ({ cell: { scenario, remedies, spins }, outcome, durationMs }) => {
    if (outcome.kind !== "judged" || outcome.attempt.verdict === "interrupted") return [];
    const name = `${scenario.name} with ${remedyLabel(remedies)}`;
    const { attempt } = outcome;
    return [{ name, spins, facts: scenario.facts, attempt, request: options, durationMs }];
  };
}
