/** The runs that a suite makes: what is to be run, in which order, and what came of it. @module */

import type { RunOutcome } from "../../run/run_request.ts";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { ReproOptions } from "../verbs/repro_options.ts";
import type { Selected } from "./selection.ts";

/** One run to be made. */
export interface Cell {
  readonly scenario: Selected;
  readonly remedies: readonly string[];
  /** Counts from 1 among those of the same scenario and remedies. */
  readonly repetition: number;
}

/** One that has its place in the order. */
export interface PlannedCell extends Cell {
  /** Counts from 1 in the order in which they were planned. */
  readonly number: number;
  readonly spins: boolean;
  /** About how long it will wait. */
  readonly expectedMs: number;
}

/** One that was run. */
export interface DoneCell {
  readonly cell: PlannedCell;
  /** Where it was run, below the directory of the suite. */
  readonly dir: string;
  readonly outcome: RunOutcome;
  readonly durationMs: number;
}

/** A short name: with all of them, the names would not fit into one of a file. */
export function directoryOf(remedies: readonly string[]): string {
  if (remedies.length === REMEDIES.length) return "all";
  return remedies.length === 0 ? "none" : remedies.join("+");
}

/** About how long a run will wait, by what its scenario declares; only the order of starts depends on it. */
export function expectedMs({ scenario: { facts }, remedies }: Cell, options: ReproOptions): number {
  const { expected, softKillMs, hardKillMs } = facts;
  const bare = remedies.length === 0;
  const { verdict } = bare ? expected : expected.withRemedies ?? { verdict: "finished" };
  if (verdict === "finished") return softKillMs + hardKillMs;
  const graces = bare
    ? { "not-needed": 1, unwedges: 1, "in-vain": 2, ignored: 2 }[expected.ctrlC]
    : 1;
  return (options.deadlineMs ?? facts.deadlineMs) + graces * options.graceMs;
}
