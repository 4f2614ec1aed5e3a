/**
 * `run()`: the root of a task tree, and the place where SIGINT becomes a KeyboardInterrupt. It keeps the process alive
 * until the tree is joined: a parked root task holds no handle, and Deno would call that an unresolved
 * top-level await.
 *
 * @module
 */

import {
  addSignalListener,
  clearInterval,
  removeSignalListener,
  setImmediate,
  setInterval,
} from "../protocol/platform.ts";
import { markActive, observe } from "./identity.ts";
import { CancelScope } from "./cancel_scope.ts";
import { installControl } from "./control.ts";
import { KeyboardInterrupt, newReason, UsageError } from "./errors.ts";
import { watchForgotten } from "./forgotten.ts";
import { captureSite } from "./site.ts";
import { installSnapshot } from "./snapshot.ts";
import { contextOrNone, within } from "./context.ts";
import { rootTasks, Task, type TaskFailure } from "./task.ts";
import { joinStrayNurseries } from "./task_body.ts";

/** Where SIGINT comes from, when it is not the platform. */
export interface SigintSource {
  /** Calls `onSigint` at each one, until what it returns is called. */
  listen(onSigint: () => void): () => void;
  /** Takes now what has come and waits for a turn of the loop. */
  heed(): void;
}

/** How to run. */
export interface RunOptions {
  /** Whether SIGINT is taken and thrown into the root task. Default true in a main isolate, false in a worker. */
  readonly handleSigint?: boolean;
  /** Where SIGINT comes from. Default the platform. */
  readonly sigint?: SigintSource;
  /** Name of the root task. Default `main`. */
  readonly name?: string;
}

const KEEP_ALIVE_MS = 2 ** 30;
/** The signal is polled in one turn of the loop and its listener runs in that turn or the next. */
const TURNS_FOR_A_SIGNAL = 2;

/**
 * Runs `main` as the root task and joins everything below it.
 *
 * @returns what `main` returned
 * @throws {KeyboardInterrupt} when SIGINT came and `main` did not handle it
 * @throws {UsageError} inside another `run()`
 * @throws whatever `main` throws
 */
export async function run<T>(main: () => T | Promise<T>, options: RunOptions = {}): Promise<T> {
  // A timer of a run that is over may begin another one.
  if (contextOrNone()?.task.run.over === false) {
    throw new UsageError("run() was called inside run(): open a nursery instead");
  }
  const scope = new CancelScope({ name: "root" });
  scope.open(null);
  const task = new Task(options.name ?? "main", null, scope, captureSite(run));
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_MS);
  const handleSigint = options.handleSigint ?? isMainIsolate();
  const { sigint = PLATFORM } = options;
  const ignoreSigint = handleSigint ? listenForSigint(task, sigint) : () => {};
  rootTasks.add(task);
  installSnapshot();
  installControl();
  watchForgotten();
  try {
    return await complete(task, main, handleSigint ? sigint : null);
  } finally {
    rootTasks.delete(task);
    task.run.over = true;
    scope.close();
    scope.dropWaits(newReason("shutdown", "the run is over", scope.name));
    task.end();
    ignoreSigint();
    clearInterval(keepAlive);
  }
}

async function complete<T>(
  task: Task,
  main: () => T | Promise<T>,
  sigint: SigintSource | null,
): Promise<T> {
  let result: { readonly value: T } | null = null;
  let failure: TaskFailure = null;
  task.state = "running";
  try {
    result = { value: await within(task, main) };
  } catch (error) {
    failure = { error };
  }
  if (task.openNurseries !== null && task.openNurseries.size > 0) {
    failure = await joinStrayNurseries(task, failure);
  }
  // A signal that came while the loop was starved is queued, and its listener runs when the loop turns. Leaving before
  // that would swallow a Ctrl-C.
  for (let turn = 0; sigint !== null && turn < TURNS_FOR_A_SIGNAL; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  sigint?.heed();
  throwLateInterrupt(task, failure);
  if (failure !== null || result === null) throw failure?.error;
  return result.value;
}

/** An interrupt that came too late for any checkpoint outranks whatever main was about to say. */
function throwLateInterrupt(task: Task, failure: TaskFailure): void {
  const interrupt = task.pendingInterrupt;
  if (interrupt === null) return;
  task.pendingInterrupt = null;
  observe({ kind: "signal-acted", signal: "SIGINT" });
  // A second one says nothing new.
  if (failure?.error instanceof KeyboardInterrupt) return;
  if (failure !== null) interrupt.cause = failure.error;
  throw interrupt;
}

/**
 * Throws a KeyboardInterrupt into `task`: into what it waits for now, shielded or not, or at its next checkpoint.
 */
export function interruptTask(
  task: Task,
  interrupt: KeyboardInterrupt = new KeyboardInterrupt(),
): void {
  markActive();
  for (const park of [...task.parks].reverse()) {
    if (!park.interrupt(interrupt)) continue;
    observe({ kind: "signal-acted", signal: "SIGINT" });
    return;
  }
  task.pendingInterrupt = interrupt;
}

const PLATFORM: SigintSource = {
  listen(onSigint) {
    addSignalListener("SIGINT", onSigint);
    return () => removeSignalListener("SIGINT", onSigint);
  },
  // Its listeners run in the turns that a run takes before it ends.
  heed() {},
};

function listenForSigint(task: Task, source: SigintSource): () => void {
  return source.listen(() => {
    observe({ kind: "signal-seen", signal: "SIGINT" });
    interruptTask(task);
  });
}

function isMainIsolate(): boolean {
  return !("WorkerGlobalScope" in globalThis);
}
