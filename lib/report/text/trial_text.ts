/**
 * What came of a trial, in words: the same in progress, report and Markdown.
 *
 * @module
 */

import type { Trial } from "../../model/diagnosis.ts";
import { clockTexts } from "./action_text.ts";
import { time } from "../../protocol/duration.ts";

/** A trial as the cells of a table: what, and the three levels of effect. */
export interface TrialCells {
  readonly name: string;
  readonly nursery: string;
  readonly threads: string;
  readonly process: string;
  /** Why there is no effect to show; empty when there is. */
  readonly note: string;
  /** Whether it helped, as far as the process, or the nursery alone. */
  readonly helped: "process" | "nursery" | "no" | "not-known";
}

/**
 * The cells.
 *
 * @param noThreads whether the worker threads had gone by themselves, before anything was tried
 */
export function trialCells({ name, outcome }: Trial, noThreads = false): TrialCells {
  const none = { name, nursery: "", threads: "", process: "" };
  switch (outcome.kind) {
    case "applied": {
      const { nurseryJoinedMs, threadsGoneMs, processExitedMs } = outcome.clocks;
      const cell = (ms: number | null) => ms === null ? "–" : time(ms);
      return {
        name,
        nursery: cell(nurseryJoinedMs),
        // Threads that had gone before did not go because of this; those not seen to go ended with the process.
        threads: noThreads ? "gone" : cell(threadsGoneMs ?? processExitedMs),
        process: cell(processExitedMs),
        note: didText(outcome.did),
        helped: processExitedMs !== null ? "process" : nurseryJoinedMs !== null ? "nursery" : "no",
      };
    }
    case "nothing-to-do":
      return { ...none, note: `nothing to do: ${outcome.why}`, helped: "no" };
    case "failed":
      return { ...none, note: `failed: ${outcome.why}`, helped: "no" };
    case "void":
      return { ...none, note: `void: ${outcome.why}`, helped: "not-known" };
    case "not-tried":
      return { ...none, note: `not tried: ${outcome.why}`, helped: "not-known" };
  }
}

function didText(did: readonly string[]): string {
  return did.length > 2 ? `${did[0]}, and ${did.length - 1} more like it` : did.join("; ");
}

/** One line: `channel-abort: the nursery joined after 1.9 ms, the process stayed`. */
export function trialLine(trial: Trial): string {
  const { name, outcome } = trial;
  if (outcome.kind !== "applied") return `${name}: ${trialCells(trial).note}`;
  const { clocks, watchedMs } = outcome;
  const stopped = clockTexts(clocks);
  if (stopped.length === 0) return `${name}: nothing came of it in ${time(watchedMs)}`;
  return `${name}: ${stopped.join(", ")}${
    clocks.processExitedMs === null ? ", the process stayed" : ""
  }`;
}
