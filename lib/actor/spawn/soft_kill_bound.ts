/**
 * How long a soft kill waits. A supervisor that is asked to end may itself have a child that is slow or stuck, and
 * needs the time of its own ladder for it; killed in the middle, it would leave an orphan that no supervisor knows. So
 * it asks for more time, and its own supervisor grants it, bounded.
 *
 * Considered and rejected: shorter bounds further down (they get too short to be fair) and no bound for supervisors, as
 * OTP has it (one that is stuck would hang everything above).
 *
 * @module
 */

import { CancelScope } from "../cancel_scope.ts";
import { currentTime } from "../clock.ts";

/** No child is granted more than this many times the bounds of one level. */
const MOST_LEVELS = 16;

/** The bound on the soft kill of one child, which the child can have moved. */
export class SoftKillBound {
  readonly #mostMs: number;
  #untilMs = 0;
  #scope: CancelScope | null = null;

  /** @param levelMs the bounds of one level: soft kill and hard kill */
  constructor(levelMs: number) {
    this.#mostMs = MOST_LEVELS * levelMs;
  }

  /**
   * Runs `wait` for at most `boundMs`, or as long as the child was granted.
   *
   * @returns whether `wait` came to its end
   */
  async run(boundMs: number, wait: () => Promise<void>): Promise<boolean> {
    const deadline = Math.max(currentTime() + boundMs, this.#untilMs);
    this.#scope = new CancelScope({ deadline, name: "soft-kill bound" });
    const outcome = await this.#scope.run(wait);
    this.#scope = null;
    return outcome.kind === "done";
  }

  /** The child asks for `ms` milliseconds from now. Answers what it is granted; 0 for what is no duration. */
  extend(ms: unknown): number {
    if (typeof ms !== "number" || !(ms > 0)) return 0;
    const granted = Math.min(ms, this.#mostMs);
    this.#untilMs = Math.max(this.#untilMs, currentTime() + granted);
    if (this.#scope !== null && this.#scope.deadline < this.#untilMs) {
      this.#scope.deadline = this.#untilMs;
    }
    return granted;
  }
}
