/**
 * What the tests of the runtime have in common: a test whose body is the root task of a run, and waiting until nothing
 * moves instead of waiting for time.
 *
 * @module
 */

import { yieldTurn } from "../../lib/actor/checkpoint.ts";
import { CancelScope } from "../../lib/actor/cancel_scope.ts";
import { describeReason } from "../../lib/actor/errors.ts";
import type { IsolateSnapshot } from "../../lib/protocol/snapshot.ts";
import { run } from "../../lib/actor/run.ts";
import { snapshotText } from "../../lib/actor/snapshot.ts";
import { currentTask } from "../../lib/actor/context.ts";
import { rootTasks, type Task } from "../../lib/actor/task.ts";

/** Long enough for a machine that is busy with other things; a wedge fails the test then. */
const TIMEOUT_MS = 20_000;

/** Registers a test whose body runs inside `run()`, and fails when it wedges. */
export function testInRun(name: string, body: () => void | Promise<void>): void {
  Deno.test(name, { timeout: TIMEOUT_MS }, () => run(body, { handleSigint: false }));
}

/** Registers a test whose body runs outside `run()`, and fails when it wedges. */
export function test(name: string, body: () => void | Promise<void>): void {
  Deno.test(name, { timeout: TIMEOUT_MS }, body);
}

const watchers: Set<Task> = new Set();

/**
 * Waits until every task but the caller waits for something that will not come by itself in the next turn. A task that
 * awaits a foreign promise counts as busy.
 *
 * @throws {Cancelled} when the scope is or gets cancelled
 */
export async function waitAllTasksBlocked(): Promise<void> {
  const self = currentTask();
  watchers.add(self);
  try {
    // Twice: what was woken in the first turn has run by the second.
    for (let quiet = 0; quiet < 2;) {
      await yieldTurn(waitAllTasksBlocked);
      quiet = [...rootTasks].every(isBlocked) ? quiet + 1 : 0;
    }
  } finally {
    watchers.delete(self);
  }
}

/** The same where the scope is cancelled. */
export async function waitAllTasksBlockedShielded(): Promise<void> {
  await new CancelScope({ shield: true, name: "waitAllTasksBlocked" }).run(waitAllTasksBlocked);
}

function isBlocked(task: Task): boolean {
  const parks = task.parks;
  const still = watchers.has(task) ||
    (parks.length > 0 && parks.every((park) => park.reason.kind !== "checkpoint"));
  return still && task.children.every(isBlocked);
}

/**
 * Runs `body` in `scope`, which it may cancel, and fails unless it gets to its end: a Cancelled too many would be
 * absorbed by the scope, and skip the assertions behind it.
 */
export async function toTheEnd<T>(
  scope: CancelScope,
  body: (scope: CancelScope) => T | Promise<T>,
): Promise<T> {
  const outcome = await scope.run(body);
  if (outcome.kind === "done") return outcome.value;
  throw new Error(`the body did not get to its end: ${describeReason(outcome.reason)}`);
}

/** The task tree, the channels and the shared locks of this isolate, as a dump would read them. */
export function takeSnapshot(): IsolateSnapshot {
  const snapshot: IsolateSnapshot | { readonly error: string } = JSON.parse(snapshotText());
  if ("error" in snapshot) throw new Error(snapshot.error);
  return snapshot;
}
