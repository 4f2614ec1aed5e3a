/**
 * What a task is, and how code finds the one it runs in. The current task and scope travel in AsyncLocalStorage, so
 * code reads as in trio (`await sleep(1_000)`), and a scope stays lexically right even when one task awaits several
 * things at once through `Promise.all`.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { CancelScope } from "./cancel_scope.ts";
import { type KeyboardInterrupt, UsageError } from "./errors.ts";
import type { Park } from "./park.ts";
import type { SiteCapture } from "./site.ts";

let lastId = 0;

/** One task of this isolate: a node of the task tree that a dump shows. */
export class Task {
  /** Unique within the isolate. */
  readonly id: number = ++lastId;
  readonly name: string;
  #parent: Task | null;
  readonly createdAt: SiteCapture;
  state: "starting" | "running" | "done" = "starting";
  /** The scope in which the task began: the nursery's, or the run's for a root task. */
  readonly homeScope: CancelScope;
  /** What the task waits for now. More than one only when it awaits several waits at once. */
  readonly parks: Park[] = [];
  /** Live child tasks. */
  readonly children: Set<Task> = new Set();
  /** An interrupt that found no wait to break and is thrown by the next one. */
  pendingInterrupt: KeyboardInterrupt | null = null;

  constructor(name: string, parent: Task | null, homeScope: CancelScope, createdAt: SiteCapture) {
    this.name = name;
    this.#parent = parent;
    parent?.children.add(this);
    this.homeScope = homeScope;
    this.createdAt = createdAt;
  }

  /** The task whose nursery this one belongs to; null for a root task. */
  get parent(): Task | null {
    return this.#parent;
  }

  /** Makes the task a child of another one. */
  moveUnder(parent: Task): void {
    this.#parent?.children.delete(this);
    this.#parent = parent;
    parent.children.add(this);
  }

  /** Takes the task out of the tree. */
  end(): void {
    this.state = "done";
    this.#parent?.children.delete(this);
  }
}

/** Where code runs: its task and the innermost cancel scope around it. */
export interface Context {
  readonly task: Task;
  readonly scope: CancelScope;
}

const storage = new AsyncLocalStorage<Context>();

/** Root tasks of the runs that are under way in this isolate. */
export const rootTasks: Set<Task> = new Set();

/** Runs `fn` so that everything it awaits happens in `context`. */
export function within<T>(context: Context, fn: () => T): T {
  return storage.run(context, fn);
}

/** The context of the caller, or undefined outside `run()`. */
export function contextOrNone(): Context | undefined {
  return storage.getStore();
}

/**
 * The context of the caller.
 *
 * @throws {UsageError} outside `run()`
 */
export function currentContext(): Context {
  const context = storage.getStore();
  if (context === undefined) {
    throw new UsageError("this operation works only inside run(): no task is current here");
  }
  return context;
}

/**
 * The task that the caller runs in.
 *
 * @throws {UsageError} outside `run()`
 */
export function currentTask(): Task {
  return currentContext().task;
}
