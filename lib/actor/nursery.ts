/**
 * Nurseries: the only way to start a task, and the place that joins it. `openNursery` returns when its body and every
 * task spawned into it have ended, whatever happened; the first failure cancels the rest.
 *
 * One error of a body or child comes out as it is, several as an AggregateError; Cancelled is folded away where there
 * is anything else to say (JavaScript has no `except*`, see docs/structured-concurrency.md).
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { CancelReason } from "../protocol/journal_event.ts";
import { CancelScope } from "./cancel_scope.ts";
import { Cancelled, KeyboardInterrupt, UsageError } from "./errors.ts";
import { actorPath } from "./identity.ts";
import { type Park, parkEvenIfCancelled, type ParkReason } from "./park.ts";
import { captureSite, type SiteCapture } from "./site.ts";
import { currentContext, Task, within } from "./task.ts";

/** What a task runs. */
export type TaskFn = () => unknown;

/** Handed to a function run by {@linkcode Nursery.start}: it calls this once it is ready. */
export type Started<T> = (value: T) => void;

/** A place that tasks are spawned into and joined at. */
export class Nursery {
  readonly name: string;
  /** Cancelling it cancels every task of the nursery, and its body. */
  readonly cancelScope: CancelScope;
  readonly #owner: Task;
  readonly #errors: unknown[] = [];
  readonly #join: ParkReason;
  #running = 0;
  #body: "open" | "joining" | "closed" = "open";
  #joiner: Park<void> | null = null;

  constructor(name: string, owner: Task, scope: CancelScope) {
    this.name = name;
    this.#owner = owner;
    this.cancelScope = scope;
    this.#join = {
      kind: "join",
      resource: () => `nursery "${name}" (${this.#running} running)`,
    };
  }

  /** How many tasks have not ended. */
  get running(): number {
    return this.#running;
  }

  /**
   * Starts `fn` as a task of this nursery. It begins to run after the caller's next `await`.
   *
   * @throws {UsageError} when the nursery is closed
   */
  spawn(fn: TaskFn, name: string = fn.name || "task"): Task {
    return this.#launch(fn, name, this.cancelScope, captureSite(this.spawn));
  }

  /**
   * Starts `fn` as a task and waits until it says that it is ready. Until then it belongs to the caller: a cancel of
   * the caller cancels it, and its error is the caller's. From then on it belongs to the nursery.
   *
   * @returns what the task passed to `started`
   * @throws {UsageError} when `fn` returns without saying so, or says so twice
   */
  start<T = void>(
    fn: (started: Started<T>) => unknown,
    name: string = fn.name || "task",
  ): Promise<T> {
    const createdAt = captureSite(this.start);
    this.#assertOpen();
    return this.#startReady(fn, name, createdAt);
  }

  async #startReady<T>(
    fn: (started: Started<T>) => unknown,
    name: string,
    createdAt: SiteCapture,
  ): Promise<T> {
    const said: { readonly value: T }[] = [];
    // Counted from now on, so that this nursery cannot close while the task is on its way to it.
    this.#running++;
    try {
      await openNursery((waitingRoom) => {
        let owner = waitingRoom;
        const home = new CancelScope({ name: `start ${name}` });
        home.open(waitingRoom.cancelScope);
        const task = waitingRoom.#launch(() => fn(started), name, home, createdAt, () => owner);
        const started = (value: T) => {
          if (said.length > 0) throw new UsageError(`task "${name}" called started() twice`);
          said.push({ value });
          // Cancelled before it was ready: it stays the caller's, who is about to hear of it.
          if (home.effectiveReason() !== null) return;
          owner = this;
          home.moveUnder(this.cancelScope);
          task.moveUnder(this.#owner);
          this.#running++;
          waitingRoom.#ended();
        };
      }, { name: `start ${name}` });
    } finally {
      this.#ended();
    }
    const [first] = said;
    if (first === undefined) throw new UsageError(`task "${name}" ended without calling started()`);
    return first.value;
  }

  /** Runs the body, joins the tasks, throws what went wrong. Only {@linkcode openNursery} calls this. */
  async conclude<T>(body: (nursery: Nursery) => T | Promise<T>, where: SiteCapture): Promise<T> {
    let result: { readonly value: T } | null = null;
    try {
      result = { value: await body(this) };
    } catch (error) {
      this.fail(error, "the body");
    }
    this.#body = "joining";
    if (this.#running > 0) await this.#joinAll(where);
    this.#body = "closed";
    if (result === null || this.#errors.length > 0) throw combine(this.#errors, this.name);
    return result.value;
  }

  /** Takes an error in and cancels what is left. */
  fail(error: unknown, who: string): void {
    this.#errors.push(error);
    this.cancelScope.cancelBecause(causeOf(error, who, this.cancelScope.name));
  }

  #joinAll(where: SiteCapture): Promise<void> {
    return parkEvenIfCancelled<void>(currentContext(), this.#join, where, (self) => {
      this.#joiner = self;
      return (error) => {
        // A join cannot be left; a Cancelled reaches the children by itself, an interrupt must not get lost.
        if (error instanceof Cancelled) return "stays";
        this.fail(error, "the interrupt");
        return "absorbed";
      };
    });
  }

  #launch(
    fn: TaskFn,
    name: string,
    home: CancelScope,
    createdAt: SiteCapture,
    nurseryNow: () => Nursery = () => this,
  ): Task {
    this.#assertOpen();
    const task = new Task(name, this.#owner, home, createdAt);
    this.#running++;
    queueStart(task, fn, (outcome) => {
      task.end();
      if (home !== this.cancelScope) home.close();
      const nursery = nurseryNow();
      if (outcome !== null) nursery.fail(outcome.error, `task "${name}"`);
      nursery.#ended();
    });
    return task;
  }

  #ended(): void {
    this.#running--;
    if (this.#running === 0) this.#joiner?.wake();
  }

  #assertOpen(): void {
    if (this.#body === "closed") {
      throw new UsageError(`nursery "${this.name}" is closed: it takes no new tasks`);
    }
  }
}

/**
 * Opens a nursery, runs `body` in it and joins every task before it returns.
 *
 * @returns what `body` returned, or undefined when the nursery's own scope was cancelled
 * @throws the error of body or task; an AggregateError when there are several
 * @throws {UsageError} outside `run()`
 */
export async function openNursery<T>(
  body: (nursery: Nursery) => T | Promise<T>,
  options: { readonly name?: string; readonly site?: SiteCapture } = {},
): Promise<T | undefined> {
  const where = options.site ?? captureSite(openNursery);
  const name = options.name ?? "nursery";
  const scope = new CancelScope({ name });
  const nursery = new Nursery(name, currentContext().task, scope);
  const outcome = await scope.run(() => nursery.conclude(body, where));
  return outcome.kind === "done" ? outcome.value : undefined;
}

/** How a task ended: null is well, otherwise its error. */
type TaskEnd = { readonly error: unknown } | null;

let starting: (() => void)[] = [];

function queueStart(task: Task, fn: TaskFn, ended: (end: TaskEnd) => void): void {
  if (starting.length === 0) queueMicrotask(startQueued);
  starting.push(() => within({ task, scope: task.homeScope }, () => runTask(task, fn, ended)));
}

function startQueued(): void {
  const queued = starting;
  starting = [];
  for (const begin of queued) begin();
}

async function runTask(task: Task, fn: TaskFn, ended: (end: TaskEnd) => void): Promise<void> {
  task.state = "running";
  let end: TaskEnd = null;
  try {
    await fn();
  } catch (error) {
    end = { error };
  }
  ended(end);
}

/** The reason that an error becomes when it cancels a scope: a Cancelled passes its own on. */
export function causeOf(error: unknown, who: string, scope: string): CancelReason {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  if (first instanceof Cancelled) return first.reason;
  const detail = first instanceof Error
    ? `${who} failed: ${first.name}: ${first.message}`
    : `${who} failed: ${first}`;
  return {
    source: first instanceof KeyboardInterrupt ? "keyboard-interrupt" : "sibling-failure",
    detail: first instanceof KeyboardInterrupt ? null : detail,
    scope,
    byActor: actorPath(),
    atMs: epochNow(),
  };
}

function combine(errors: readonly unknown[], name: string): unknown {
  const [first] = errors;
  if (errors.length === 1) return first;
  const real = errors.filter((error) => !(error instanceof Cancelled));
  if (real.length === 0) return first;
  // Cancelled parts stay in the group: the scope they belong to takes them out.
  return new AggregateError(errors, `${errors.length} tasks of nursery "${name}" failed`);
}
