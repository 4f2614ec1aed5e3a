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
import { cancelShieldedCheckpoint } from "../checkpoint.ts";
import { currentTime } from "../clock.ts";

/** No child is granted more than this many times the bounds of one level. */
const MOST_LEVELS = 16;

/** A port hands over at least one message in each turn of the loop. */
const TURNS = 4;
/** Each actor that ends at the same time may take this much longer, in milliseconds: they share the processors. */
const EACH_MS = 100;

/** The bound on the soft kill of one child, which the child can have moved. */
export class SoftKillBound {
  readonly #mostMs: number;
  #untilMs = 0;
  /** When it would be over if nothing moved it. */
  #ownMs = 0;
  #scope: CancelScope | null = null;

  /** @param levelMs the bounds of one level: soft kill and hard kill */
  constructor(levelMs: number) {
    this.#mostMs = MOST_LEVELS * levelMs;
  }

  /**
   * Runs `wait` for at most `boundMs`, or as long as the child was granted; anew when it was granted more in the moment
   * in which that had passed.
   *
   * @returns whether `wait` came to its end
   */
  async run(boundMs: number, wait: () => Promise<void>): Promise<boolean> {
    this.#ownMs = currentTime() + boundMs;
    const deadline = Math.max(this.#ownMs, this.#untilMs);
    for (let until = deadline;; until = this.#untilMs) {
      this.#scope = new CancelScope({ deadline: until, name: "soft-kill bound" });
      const outcome = await this.#scope.run(wait);
      this.#scope = null;
      if (outcome.kind === "done") return true;
      // This side may have been busy itself, and what the child said by then lies in the queue of its port.
      for (let turn = 0; turn < TURNS; turn++) await cancelShieldedCheckpoint();
      if (this.#untilMs <= currentTime()) return false;
    }
  }

  /** The child needs no more than the platform's time to end: it has `ms` milliseconds from now. */
  closes(ms: number): void {
    this.#moveTo(currentTime() + ms);
  }

  /**
   * One of `count` that end together got on: the machine is busy with them, and the others have `ms` milliseconds from
   * now, bounded by how many they are.
   */
  siblingGotOn(ms: number, count: number): void {
    this.#moveTo(Math.min(currentTime() + ms, this.#ownMs + count * EACH_MS));
  }

  /** The child asks for `ms` milliseconds from now. Answers what it is granted; 0 for what is no duration. */
  extend(ms: unknown): number {
    if (typeof ms !== "number" || !(ms > 0)) return 0;
    const granted = Math.min(ms, this.#mostMs);
    this.#moveTo(currentTime() + granted);
    return granted;
  }

  #moveTo(atMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, atMs);
    if (this.#scope !== null && this.#scope.deadline < this.#untilMs) {
      this.#scope.deadline = this.#untilMs;
    }
  }
}
