/**
 * When the teardown of the program is requested, and when what was torn down was not the program. The program is one
 * task; the nursery that it has open outermost is what it consists of, and a cancel of that nursery, or the end of an
 * actor nursery, asks for its teardown. When that nursery has closed and the task goes on to another wait, only a part
 * was torn down.
 *
 * @module
 */

import { CancelScope } from "./cancel_scope.ts";
import { observe } from "./identity.ts";
import type { CancelReason } from "../protocol/terms.ts";
import type { Task } from "./task.ts";

let program: Task | null = null;
let requested = false;
let isOver = false;

/** Names the task that is the program. */
export function setProgram(task: Task): void {
  program = task;
}

/** Writes down that teardown is requested, and why. */
export function requestTeardown(why: string): void {
  requested = true;
  observe({ kind: "teardown-requested", why });
}

/** Whether a nursery that `task` opens now is the program's outermost. */
export function isOutermost(task: Task): boolean {
  return task === program && (task.openNurseries === null || task.openNurseries.size === 0);
}

/** The scope of the program's outermost nursery. */
export class ProgramScope extends CancelScope {
  override cancelBecause(reason: CancelReason): void {
    if (this.reason === null) {
      requestTeardown(`${reason.source}${reason.detail === null ? "" : `: ${reason.detail}`}`);
    }
    super.cancelBecause(reason);
  }

  override close(): void {
    super.close();
    isOver = requested;
    requested = false;
  }
}

/** A task waits: if it is the program, it goes on after a teardown. */
export function goesOn(task: Task): void {
  if (!isOver || task !== program) return;
  isOver = false;
  observe({ kind: "teardown-over" });
}
