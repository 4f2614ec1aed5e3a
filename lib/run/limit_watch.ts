/**
 * What the run of a command is bounded by beside its deadline: that it does something, that it stops when it is told to,
 * and that it is not proven never to end.
 *
 * @module
 */

import { bound } from "../protocol/duration.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { LiveRun } from "./live_run.ts";

/**
 * After this long without anything done a proof is looked for, in milliseconds; and again after twice as long, for the
 * program stands still meanwhile.
 */
const QUIET_MS = 3_000;

/** Follows one run. A run without such bounds costs nothing. */
export class LimitWatch {
  readonly #live: LiveRun;
  #isIdle = false;
  #toldToStop = false;
  #quietMs = QUIET_MS;
  #asking = false;
  #provenAfterMs: number | null = null;

  constructor(live: LiveRun) {
    this.#live = live;
  }

  /** Whether the command has done nothing for as long as it may. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** How long the command had done nothing when it was proven never to end; null while it is not. */
  get provenAfterMs(): number | null {
    return this.#provenAfterMs;
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
    if (this.#toldToStop) return;
    const ranMs = nowMs - clock.bound(startedAt);
    if (idleMs !== null) this.#isIdle = (subject.idleMs?.(nowMs) ?? 0) >= idleMs;
    if (ranMs >= this.#quietMs && !this.#asking) void this.#lookForProof(nowMs);
  }

  async #lookForProof(nowMs: number): Promise<void> {
    const { settings: { awaitDeadline, limits }, subject } = this.#live;
    if (awaitDeadline === true || subject.neverEnds === undefined) return;
    // A look is activity, and what is idle must not be found so much later for it.
    if (this.#quietMs * 4 > (limits?.idleMs ?? Infinity)) return;
    const quietMs = subject.idleMs?.(nowMs) ?? 0;
    if (quietMs < this.#quietMs) return;
    this.#asking = true;
    this.#quietMs *= 2;
    try {
      if (await subject.neverEnds()) this.#provenAfterMs = quietMs;
    } finally {
      this.#asking = false;
    }
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
