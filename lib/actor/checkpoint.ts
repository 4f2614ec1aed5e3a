/**
 * Checkpoints: places where a task lets the event loop turn and can be cancelled. A real turn is a macrotask, because
 * microtasks alone starve timers, messages and signals; all tasks that yield together share one turn.
 *
 * @module
 */

import { setImmediate, wallNow } from "../protocol/platform.ts";
import { currentTime } from "./clock.ts";
import { type Abort, leave, Park, type ParkReason, refusal, type Where } from "./park.ts";
import { captureSite, NO_SITE } from "./site.ts";
import { currentContext } from "./context.ts";
import type { Context } from "./task.ts";

const REASON: ParkReason = { kind: "checkpoint", resource: "next turn of the loop" };

/** How long operations that need not wait may go on from microtask to microtask before one of them yields. */
const TURN_BUDGET_MS = 5;
/**
 * How many of the tasks that share a turn note where they wait. Such a wait ends with the turn, so it is never what a
 * hang is about, and capturing costs more than the whole rest of it.
 */
const SITES_PER_TURN = 256;

let waiting: Park<void>[] = [];
let waitingSinceMs = 0;
/** By the coarse clock: reading the fine one costs ten times as much, and as much as a fast operation. */
let lastTurnMs = wallNow();

const stay: Abort = () => "stays";

/**
 * Lets every other task and the event loop run, then goes on.
 *
 * @throws {Cancelled} when the scope is cancelled, also while it waits
 */
export function checkpoint(): Promise<void> {
  return yieldTurn(checkpoint);
}

/**
 * Throws if the scope is cancelled, and does nothing else.
 *
 * @throws {Cancelled} when the scope is cancelled
 * @throws {KeyboardInterrupt} when an interrupt is pending
 */
export function checkpointIfCancelled(): void {
  const refused = refusal(currentContext());
  if (refused !== null) throw refused;
}

/** Lets every other task and the event loop run, then goes on, cancelled or not. */
export async function cancelShieldedCheckpoint(): Promise<void> {
  await shareTurn(currentContext(), cancelShieldedCheckpoint, stay);
}

/** A checkpoint on behalf of the public function `where`. */
export function yieldTurn(where: Where): Promise<void> {
  try {
    const context = currentContext();
    const refused = refusal(context);
    return refused === null ? shareTurn(context, where, leave) : Promise.reject(refused);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * The checkpoint of an operation that need not wait: throws if cancelled, and yields a real turn only when that has
 * not been done for {@linkcode TURN_BUDGET_MS}. Answers null when nothing has to be awaited.
 *
 * @throws {Cancelled} synchronously, when the scope is cancelled
 */
export function checkpointIfDue(where: Where = checkpointIfDue): Promise<void> | null {
  checkpointIfCancelled();
  return isDue() ? yieldTurn(where) : null;
}

/** The same on the way out of something that cannot be left: never throws. */
export function shieldedTurnIfDue(where: Where): Promise<void> | null {
  return isDue() ? shareTurn(currentContext(), where, stay) : null;
}

/**
 * Runs an operation that may or may not wait, behind a checkpoint.
 *
 * @param where the public function whose caller the dump should name
 * @param operation gets where to look for that caller: after a turn the function is not on the stack any more
 * @throws {Cancelled} when the scope is cancelled; the operation has then not begun
 */
export function afterCheckpoint<T>(
  where: Where,
  operation: (where: Where) => T | Promise<T>,
): Promise<T> {
  try {
    checkpointIfCancelled();
    if (!isDue()) return Promise.resolve(operation(where));
    const site = typeof where === "function" ? captureSite(where) : where;
    return yieldTurn(site).then(() => operation(site));
  } catch (error) {
    return Promise.reject(error);
  }
}

function isDue(): boolean {
  // The system's clock may be set back meanwhile: any jump counts as time passed.
  return Math.abs(wallNow() - lastTurnMs) >= TURN_BUDGET_MS;
}

function shareTurn(context: Context, where: Where, abort: Abort): Promise<void> {
  if (waiting.length === 0) {
    setImmediate(turn);
    waitingSinceMs = currentTime();
  }
  const site = typeof where !== "function"
    ? where
    : waiting.length < SITES_PER_TURN
    ? captureSite(where)
    : NO_SITE;
  return new Promise((resolve, reject) => {
    waiting.push(new Park(context, REASON, site, waitingSinceMs, abort, resolve, reject));
  });
}

function turn(): void {
  const woken = waiting;
  waiting = [];
  lastTurnMs = wallNow();
  for (const self of woken) self.wake();
}
