/**
 * What the events of a run tell of its hang before it is judged: enough to begin copies of it.
 *
 * @module
 */

import type { HangClues } from "../../diagnose/cause/candidates.ts";
import type { RunEvent } from "../run_event.ts";
import type { Dump } from "../../model/dump.ts";
import type { SinceSigint } from "./sigint_trial.ts";

/** Follows one run. */
export class Clues implements HangClues {
  /** Whether it hangs, or leaks: set once it has been looked into after a deadline or a proof. */
  hangs = false;
  joined = false;
  dump: Dump | null = null;
  spins = false;
  readonly lost = new Set<string>();
  /** Clocks that stopped after SIGINT was sent: milliseconds since. */
  readonly sinceSigint: { -readonly [K in keyof SinceSigint]: SinceSigint[K] } = {
    threadsGoneMs: null,
    processExitedMs: null,
  };
  #overdue = false;
  #sentAt: number | null = null;

  /** Takes in one event. */
  take(event: RunEvent): void {
    switch (event.type) {
      case "scenario-loaded":
        this.spins = event.facts.load === "spins";
        break;
      case "rung":
        if (event.rung === "hard-kill" || event.rung === "abandon") this.lost.add(event.actor);
        break;
      case "proven":
        this.#overdue = true;
        break;
      case "deadline-passed":
        this.#overdue = true;
        this.joined = event.joined;
        break;
      case "dump-taken":
        this.dump = event.dump;
        this.hangs = this.#overdue;
        break;
      case "dump-failed":
        this.hangs = this.#overdue;
        break;
      case "sigint-sent":
        this.#sentAt = event.atMs;
        break;
      case "clock":
        this.#clock(event);
        break;
    }
  }

  #clock({ which, atMs }: RunEvent & { type: "clock" }): void {
    if (this.#sentAt === null) return;
    const ms = Math.round((atMs - this.#sentAt) * 10) / 10;
    if (which === "threads-gone") this.sinceSigint.threadsGoneMs = ms;
    if (which === "process-exited") this.sinceSigint.processExitedMs = ms;
  }
}
