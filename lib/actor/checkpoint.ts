/**
 * Checkpoints: places where a task lets the event loop turn and can be cancelled. A real turn is a macrotask, because
 * microtasks alone starve timers, messages and signals; all tasks that yield together share one turn.
 *
 * @module
 */

import { currentTime } from "./clock.ts";
import { type Park, park, type ParkReason, refusal } from "./park.ts";
import { currentContext } from "./task.ts";

const REASON: ParkReason = { kind: "checkpoint", resource: "next turn of the loop" };

/** How long fast operations may go on from microtask to microtask before one of them yields. */
const TURN_BUDGET_MS = 5;
/** Reading the clock on every fast operation would cost more than the operation. */
const OPERATIONS_PER_LOOK = 64;

let waiting: Park<void>[] = [];
let turnBeganMs = 0;
let operations = 0;

/**
 * Lets every other task and the event loop run, then goes on.
 *
 * @throws {Cancelled} when the scope is cancelled, also while it waits
 */
export function checkpoint(): Promise<void> {
  return yieldTurn(checkpoint);
}

/** A checkpoint on behalf of the public function `where`. */
export function yieldTurn(where: typeof checkpoint | (() => Promise<unknown>)): Promise<void> {
  return park<void>(REASON, where, (self) => {
    if (waiting.length === 0) setImmediate(turn);
    waiting.push(self);
    return () => "left";
  });
}

/**
 * The checkpoint of an operation that need not wait: throws if cancelled, and yields a real turn only when fast
 * operations have held the loop for {@linkcode TURN_BUDGET_MS}. Answers null when nothing has to be awaited.
 *
 * @throws {Cancelled} synchronously, when the scope is cancelled
 */
export function checkpointIfDue(): Promise<void> | null {
  const refused = refusal(currentContext());
  if (refused !== null) throw refused;
  if (++operations < OPERATIONS_PER_LOOK) return null;
  operations = 0;
  const now = currentTime();
  if (turnBeganMs === 0) {
    turnBeganMs = now;
    setImmediate(() => turnBeganMs = 0);
    return null;
  }
  return now - turnBeganMs < TURN_BUDGET_MS ? null : checkpoint();
}

function turn(): void {
  const woken = waiting;
  waiting = [];
  for (const self of woken) self.wake();
}
