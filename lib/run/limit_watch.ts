/**
 * What the run of a command is bounded by beside its deadline: that it does something, and that it stops when it is told
 * to.
 *
 * @module
 */

import { bound } from "../protocol/duration.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { LiveRun } from "./live_run.ts";

/** Follows one run. A run without such bounds costs nothing. */
export class LimitWatch {
  readonly #live: LiveRun;
  #isIdle = false;
  #toldToStop = false;

  constructor(live: LiveRun) {
    this.#live = live;
  }

  /** Whether the command has done nothing for as long as it may. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** To be called at every look. */
  look(): void {
    const { settings: { limits }, subject, process, clock, startedAt } = this.#live;
    if (limits === undefined || process.exit !== null) return;
    const { stop, idleMs } = limits;
    const nowMs = clock.bound();
    if (stop !== null && !this.#toldToStop && nowMs - clock.bound(startedAt) >= stop.afterMs) {
      this.#stop(stop);
    }
    if (idleMs === null || this.#toldToStop) return;
    this.#isIdle = (subject.idleMs?.(nowMs) ?? 0) >= idleMs;
  }

  #stop(
    { afterMs, signal, deadlineMs }: { afterMs: number; signal: Deno.Signal; deadlineMs: number },
  ) {
    const { process, log, events } = this.#live;
    this.#toldToStop = true;
    const at = epochNow();
    if (!process.signal(signal)) return;
    log.stop(at, deadlineMs);
    events.emit({
      type: "teardown-requested",
      why: `${signal} was sent ${bound(afterMs)} after the start`,
    });
  }
}
