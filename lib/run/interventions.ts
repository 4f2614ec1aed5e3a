/**
 * What was done to a subject from outside: from its first effect on, nothing that the subject does counts as its own.
 *
 * @module
 */

import type { ActionReport } from "../model/action.ts";
import type { SigintProbe } from "../model/result.ts";
import type { Acted } from "./act.ts";

/** The help that one subject has had. */
export class Interventions {
  /** In order. */
  readonly actions: ActionReport[] = [];
  /** Actors whose threads were ended. */
  readonly reaped: Set<string> = new Set();
  #sinceMs: number | null = null;
  #operatedMs: number | null = null;
  #sigint: SigintProbe | null = null;

  /** When the first thing that was done took effect, epoch milliseconds; null when nothing did. */
  get sinceMs(): number | null {
    return this.#sinceMs;
  }

  /**
   * When the first action but a signal took effect. What the subject does after it is no evidence; what it makes of a
   * SIGINT is.
   */
  get operatedMs(): number | null {
    return this.#operatedMs;
  }

  /** What came of a SIGINT, when it was the first thing that had an effect: then it is a probe like any other. */
  get sigint(): SigintProbe | null {
    return this.#sigint;
  }

  /** Takes in what was done. */
  add({ report, tookEffectAt, sigintActedMs, sigintBy }: Acted): void {
    this.actions.push(report);
    if (tookEffectAt === null) return;
    if (this.#sinceMs === null && report.action.kind === "sigint") {
      const joinedMs = report.clocks.nurseryJoinedMs;
      const actedMs = sigintActedMs ?? joinedMs ?? report.clocks.processExitedMs;
      const sentMs = report.atMs;
      const { unwedged, unsure, unseen } = report;
      const by = sigintBy === undefined ? {} : { by: sigintBy };
      const doubt = {
        ...(unsure === undefined ? {} : { unsure }),
        ...(unseen === undefined ? {} : { unseen }),
      };
      this.#sigint = { sentMs, actedMs, ...by, unwedged, joinedMs, ...doubt, certificate: null };
    }
    this.#sinceMs = Math.min(this.#sinceMs ?? Infinity, tookEffectAt);
    if (report.action.kind === "sigint") return;
    this.#operatedMs = Math.min(this.#operatedMs ?? Infinity, tookEffectAt);
  }
}
