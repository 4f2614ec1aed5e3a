/**
 * Nurseries: the only way to start a task, and the place that joins it. `openNursery` returns when its body and every
 * task spawned into it have ended, whatever happened; the first failure cancels the rest.
 *
 * Invariant: once the last task has ended and the body is over, the nursery is closed, in that same moment: no code can
 * slip a task in that would then run unjoined.
 *
 * One error of a body or child comes out as it is, several as an AggregateError; Cancelled is folded away where there
 * is anything else to say (JavaScript has no `except*`, see docs/structured-concurrency.md).
 *
 * @module
 */

import { nameText } from "../protocol/text.ts";
import { queueMicrotask } from "../protocol/platform.ts";
import { markActive } from "./identity.ts";
import { CancelScope } from "./cancel_scope.ts";
import { wasCancelledAlone } from "./control.ts";
import { shieldedTurnIfDue } from "./checkpoint.ts";
import {
  Cancelled,
  causeOf,
  combine,
  type Failed,
  KeyboardInterrupt,
  UsageError,
} from "./errors.ts";
import { type Abort, type Park, parkEvenIfCancelled, type ParkReason } from "./park.ts";
import type { NurseryOptions } from "./scope_options.ts";
import { captureSite, NO_SITE, type SiteCapture } from "./site.ts";
import { currentContext, within } from "./context.ts";
import { Task, type TaskFailure, type TaskNursery } from "./task.ts";
import { beginTask, begun, type TaskFn } from "./task_body.ts";
import { assertFunction, inStretch, nameOf } from "./task_fn.ts";
import { isOutermost, ProgramScope } from "./teardown.ts";

export type { TaskFn } from "./task_body.ts";

/** Handed to a function run by {@linkcode Nursery.start}: it calls this once it is ready. */
export type Started<T> = (value: T) => void;

/** A place that tasks are spawned into and joined at. */
export class Nursery implements TaskNursery {
  /** For dumps and messages. */
  readonly name: string;
  /** Cancelling it cancels every task of the nursery, and its body. */
  readonly cancelScope: CancelScope;
  /** What `openNursery` has returned. */
  closing: Promise<unknown> | null = null;
  readonly #owner: Task;
  readonly #failed: Failed[] = [];
  readonly #join: ParkReason;
  #running = 0;
  #phase: "open" | "joining" | "closed" = "open";
  #joiner: Park<void> | null = null;

  /** Private, because a nursery must be joined: {@linkcode openNursery} makes them. */
  private constructor(name: string, owner: Task, scope: CancelScope) {
    this.name = nameText(name);
    this.#owner = owner;
    this.cancelScope = scope;
    this.#join = {
      kind: "join",
      resource: () => `nursery "${this.name}" (${this.#running} running)`,
      onTasks: () => this.#owner.children.filter(({ nursery }) => nursery === this),
    };
  }

  /** The task that opened it and joins it. */
  get owner(): Task {
    return this.#owner;
  }

  /** How many tasks have not ended. */
  get running(): number {
    return this.#running;
  }

  /**
   * Starts `fn` as a task of this nursery. It begins to run after the caller's next `await`, also when the nursery is
   * cancelled: its first checkpoint then throws.
   *
   * @param site where the task is created, for those who create many in one place; default the caller's position
   * @throws {UsageError} when the nursery is closed, or `fn` is not a function
   */
  spawn(fn: TaskFn, name?: string, site?: SiteCapture): Task {
    assertFunction(fn, "spawn");
    const createdAt = site ?? (inStretch() ? captureSite(this.spawn) : NO_SITE);
    return this.#launch(fn, name ?? nameOf(fn), this.cancelScope, createdAt);
  }

  /**
   * Starts `fn` as a task and waits until it says that it is ready. Until then it belongs to the caller: a cancel of
   * the caller cancels it, and its error is the caller's. From then on it belongs to the nursery.
   *
   * @param site where the task is created and waited for, for those who do it on behalf of others; default the caller's
   * position
   * @returns what the task passed to `started`
   * @throws {UsageError} when the nursery is closed, `fn` is not a function, or ends without calling `started`
   * @throws whatever `fn` throws before it calls `started`, or after it in a caller that is cancelled
   */
  async start<T = void>(
    fn: (started: Started<T>) => unknown,
    name: string = nameOf(fn),
    site?: SiteCapture,
  ): Promise<T> {
    assertFunction(fn, "start");
    const createdAt = site ?? captureSite(this.start);
    this.#assertOpen();
    const said: { readonly value: T }[] = [];
    // Counted from now on, so that this nursery cannot close while the task is on its way to it.
    this.#running++;
    try {
      await Nursery.open(createdAt, `start ${name}`, (waitingRoom) => {
        const home = new CancelScope({ name: `start ${name}` });
        home.open(waitingRoom.cancelScope);
        const task = waitingRoom.#launch(() => fn(started), name, home, createdAt);
        const started = (value: T) => {
          if (said.length > 0) throw new UsageError(`task "${name}" called started() twice`);
          if (task.state === "done") {
            throw new UsageError(`task "${name}" called started() after it had ended`);
          }
          said.push({ value });
          // Cancelled before it was ready: it stays the caller's, which is about to hear of it.
          if (home.effectiveCancel() === null) this.#adopt(task, waitingRoom);
        };
      });
    } finally {
      this.#ended();
    }
    const [first] = said;
    if (first === undefined) throw new UsageError(`task "${name}" ended without calling started()`);
    return first.value;
  }

  /**
   * Runs `fn` as a task of this nursery for code that belongs to no task: the handler of a server, a timer, a listener.
   * Its error is the caller's, and no failure of the nursery.
   *
   * @returns what `fn` returned
   * @throws {UsageError} when the nursery is closed, or `fn` is not a function
   * @throws {Cancelled} when the nursery is or gets cancelled
   * @throws whatever `fn` throws
   */
  enter<T>(fn: () => T | Promise<T>, name?: string): Promise<T> {
    const createdAt = captureSite(this.enter);
    return new Promise((resolve, reject) => {
      assertFunction(fn, "enter");
      this.#launch(
        async () => {
          try {
            resolve(await fn());
          } catch (error) {
            reject(error);
            // The scope that it belongs to may be further out than the nursery's.
            if (error instanceof Cancelled) throw error;
          }
        },
        name ?? nameOf(fn),
        this.cancelScope,
        createdAt,
      );
    });
  }

  /** Opens a nursery on behalf of the code at `where`. Only {@linkcode openNursery} and `start` call this. */
  static open<T>(
    where: SiteCapture,
    name: string,
    body: (nursery: Nursery) => T | Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      const { task } = currentContext();
      const Scope = isOutermost(task) ? ProgramScope : CancelScope;
      const nursery = new Nursery(name, task, new Scope({ name, signal }));
      (task.openNurseries ??= new Set()).add(nursery);
      const closing = nursery.#run(body, where);
      nursery.closing = closing;
      return closing;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #run<T>(
    body: (nursery: Nursery) => T | Promise<T>,
    where: SiteCapture,
  ): Promise<T | undefined> {
    try {
      const outcome = await this.cancelScope.run(() => this.#conclude(body, where));
      return outcome.kind === "done" ? outcome.value : undefined;
    } finally {
      this.#owner.openNurseries?.delete(this);
    }
  }

  /** Runs the body, joins the tasks, throws what went wrong. */
  async #conclude<T>(body: (nursery: Nursery) => T | Promise<T>, where: SiteCapture): Promise<T> {
    let result: { readonly value: T } | null = null;
    try {
      result = { value: await begun(() => body(this)) };
    } catch (error) {
      this.fail(error, "the body");
    }
    this.#phase = this.#running > 0 ? "joining" : "closed";
    if (this.#running > 0) await this.#joinAll(where);
    // A loop over nurseries whose tasks never wait must not keep the event loop from turning.
    const due = shieldedTurnIfDue(where);
    if (due !== null) await due;
    if (result === null || this.#failed.length > 0) throw combine(this.#failed, this.name);
    return result.value;
  }

  /** Takes an error in and cancels what is left. */
  fail(error: unknown, who: string): void {
    this.#failed.push({ error, who });
    if (this.cancelScope.reason !== null) return;
    this.cancelScope.cancelBecause(causeOf(error, who, this.cancelScope.name));
  }

  /**
   * A task of this nursery has ended, with an error or without. Only its own code calls this.
   *
   * @internal
   */
  taskEnded(task: Task, failure: TaskFailure): void {
    markActive();
    task.end();
    if (task.scope !== this.cancelScope) task.scope.close();
    if (failure !== null && !wasCancelledAlone(task, failure.error)) {
      this.fail(failure.error, `task "${task.name}"`);
    }
    this.#ended();
  }

  #joinAll(where: SiteCapture): Promise<void> {
    const abort: Abort = (error) => {
      // A join cannot be left; a Cancelled reaches the children by itself, an interrupt must not get lost.
      if (error instanceof Cancelled) return "stays";
      // A second Ctrl-C says nothing new.
      if (!this.#failed.some(({ error }) => error instanceof KeyboardInterrupt)) {
        this.fail(error, "the interrupt");
      }
      return "absorbed";
    };
    return parkEvenIfCancelled<void>(currentContext(), this.#join, where, (self) => {
      this.#joiner = self;
      return abort;
    });
  }

  #launch(fn: TaskFn, name: string, home: CancelScope, createdAt: SiteCapture): Task {
    this.#assertOpen();
    const task = new Task(name, this.#owner, home, createdAt);
    task.nursery = this;
    this.#running++;
    within(task, () => queueMicrotask(() => beginTask(task, fn)));
    return task;
  }

  /** Takes a task over from the waiting room of `start`. */
  #adopt(task: Task, waitingRoom: Nursery): void {
    task.nursery = this;
    task.scope.moveUnder(this.cancelScope);
    task.moveUnder(this.#owner);
    this.#running++;
    waitingRoom.#ended();
  }

  #ended(): void {
    this.#running--;
    if (this.#running > 0 || this.#phase !== "joining") return;
    this.#phase = "closed";
    this.#joiner?.wake();
  }

  #assertOpen(): void {
    if (this.#phase === "closed") {
      throw new UsageError(`nursery "${this.name}" is closed: it takes no new tasks`);
    }
  }
}

/**
 * Opens a nursery, runs `body` in it and joins every task before it returns. Leaving it is no checkpoint: a cancel that
 * no task has met inside goes unnoticed.
 *
 * @returns what `body` returned, or undefined when the nursery's own scope was cancelled
 * @throws the error of body or task; an AggregateError when there are several
 * @throws {UsageError} outside `run()`
 */
export function openNursery<T>(
  body: (nursery: Nursery) => T | Promise<T>,
  options: NurseryOptions = {},
): Promise<T | undefined> {
  const { site = captureSite(openNursery), name = "nursery", signal } = options;
  return Nursery.open(site, name, body, signal);
}
