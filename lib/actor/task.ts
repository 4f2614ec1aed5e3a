/**
 * What a task is, and how code finds the one it runs in. The current task and scope travel in AsyncLocalStorage, so
 * code reads as in trio (`await sleep(1_000)`), and a scope stays lexically right even when one task awaits several
 * things at once through `Promise.all`.
 *
 * A task is small, because there may be 10,000: it is its own first context, its children and its waits are linked
 * instead of kept in sets.
 *
 * @module
 */

import { nameText } from "../protocol/text.ts";
import type { OtherUsers } from "../protocol/snapshot.ts";
import type { ParkKind } from "../protocol/terms.ts";
import type { Cancelled, KeyboardInterrupt } from "./errors.ts";
import type { Interruptible, Scope } from "./scope.ts";
import type { SiteCapture } from "./site.ts";

let lastId = 0;

/** Another actor as a wait refers to it. The object is shared, so a dump sees the state as it is now. */
export interface PeerRef {
  /** Where it stands in the tree of actors: `root/child`. */
  readonly path: string;
  /** As far as is known here. */
  state: "alive" | "dead" | "abandoned";
}

/** What a task waits for. One object per resource, shared by all who wait for it. */
export interface ParkReason {
  readonly kind: ParkKind;
  /** Names the resource; a function when the name costs something to build. */
  readonly resource: string | (() => string);
  readonly peer?: PeerRef;
  /** Only an error can end this wait: waking it is a mistake, and fails it. */
  readonly endless?: boolean;
  /**
   * The tasks that it is up to: the owner of a lock, the tasks that a nursery joins, those that have used the other end of
   * a memory channel.
   */
  readonly onTasks?: () => readonly Task[];
  /** Of a wait at one end of a memory channel: what has used the other end, besides `onTasks`. */
  readonly otherEnd?: () => OtherUsers;
  /** Number of the call at the peer whose answer it is for. */
  readonly call?: number;
  /** What would have ended this wait and came while no task waited: how often, and when last (as `currentTime()`). */
  readonly missed?: () => { readonly count: number; readonly lastMs: number } | null;
}

/** One wait of one task: a `Park`. */
export interface Wait extends Interruptible {
  readonly reason: ParkReason;
  /** The scope whose cancels reach it. */
  readonly scope: Scope;
  /** On the clock of `currentTime()`, in milliseconds. */
  readonly sinceMs: number;
  readonly site: SiteCapture;
  interrupt(error: Cancelled | KeyboardInterrupt): boolean;
}

/** How the code of a task ended: null is well, otherwise its error. */
export type TaskFailure = { readonly error: unknown } | null;

/** The nursery of a task, as the task knows it. */
export interface TaskNursery {
  /** For dumps and messages. */
  readonly name: string;
  /** The task that opened it and joins it. */
  readonly owner: Task;
  /** The scope of its tasks. */
  readonly cancelScope: Scope;
  /** How many of its tasks have not ended. */
  readonly running: number;
  /** What `openNursery` has returned. */
  readonly closing: Promise<unknown> | null;
  /**
   * Told by the code of a task that it has ended.
   *
   * @internal
   */
  taskEnded(task: Task, failure: TaskFailure): void;
}

/** Where code runs: its task and the innermost cancel scope around it. */
export interface Context {
  /** Its task. */
  readonly task: Task;
  /** The innermost scope. */
  readonly scope: Scope;
}

/** Something that breaks when the task that is responsible for it ends: a lock that it still holds. */
export interface Breakable {
  /** Called once, when `task` has ended. */
  breakOff(task: Task): void;
}

/** One task of this isolate: a node of the task tree that a dump shows. */
export class Task implements Context {
  /** Unique within the isolate. */
  readonly id: number = ++lastId;
  /** Whether the run that it belongs to is over. One for all tasks of a run. */
  readonly run: { over: boolean };
  /** For dumps and messages. */
  readonly name: string;
  /**
   * Who spawned it, unread.
   *
   * @internal
   */
  readonly createdAt: SiteCapture;
  /** Where the task stands. */
  state: "starting" | "running" | "done" = "starting";
  /** The scope in which the task began: the nursery's, or the run's for a root task. */
  readonly scope: Scope;
  /** An interrupt that found no wait to break and is thrown by the next one. */
  pendingInterrupt: KeyboardInterrupt | null = null;
  /**
   * What breaks when the task ends without having let go of it.
   *
   * @internal
   */
  responsibleFor: Breakable[] | null = null;
  /** The nursery that joins it; null for a root task. */
  nursery: TaskNursery | null = null;
  /** How many of its latest waits were sleeps, and where the last one that is over was: what is done again and again. */
  sleepsInARow = 0;
  /** @internal */
  lastSleptAt: SiteCapture | null = null;
  /** The nurseries that it has opened and not left, outermost first. */
  openNurseries: Set<TaskNursery> | null = null;
  #parent: Task | null = null;
  #firstChild: Task | null = null;
  #lastChild: Task | null = null;
  #elder: Task | null = null;
  #younger: Task | null = null;
  #park: Wait | null = null;
  #moreParks: Wait[] | null = null;

  /**
   * Only nurseries and `run()` make tasks.
   *
   * @internal
   */
  constructor(name: string, parent: Task | null, homeScope: Scope, createdAt: SiteCapture) {
    this.name = nameText(name);
    this.scope = homeScope;
    this.createdAt = createdAt;
    this.run = parent === null ? { over: false } : parent.run;
    if (parent !== null) this.#putUnder(parent);
  }

  /** Itself: a task is the context in which it begins. */
  get task(): Task {
    return this;
  }

  /** The task whose nursery this one belongs to; null for a root task. Still known when the task has ended. */
  get parent(): Task | null {
    return this.#parent;
  }

  /** Live child tasks, oldest first. */
  get children(): Task[] {
    const children: Task[] = [];
    for (let child = this.#firstChild; child !== null; child = child.#younger) children.push(child);
    return children;
  }

  /** Calls `visit` for every live child task, youngest first, and makes no list for it. */
  eachChild(visit: (child: Task) => void): void {
    for (let child = this.#lastChild; child !== null; child = child.#elder) visit(child);
  }

  /**
   * Calls `visit` for every wait of the task, and makes no list for it.
   *
   * @internal
   */
  eachPark(visit: (park: Wait) => void): void {
    if (this.#park !== null) visit(this.#park);
    if (this.#moreParks !== null) this.#moreParks.forEach(visit);
  }

  /**
   * What the task waits for now. More than one only when it awaits several waits at once.
   *
   * @internal
   */
  get parks(): Wait[] {
    if (this.#moreParks !== null) return [...this.#moreParks];
    return this.#park === null ? [] : [this.#park];
  }

  /** Whether it waits in more than one place. */
  get hasSeveralParks(): boolean {
    return this.#moreParks !== null;
  }

  /** Whether it waits. */
  get isParked(): boolean {
    return this.#park !== null || this.#moreParks !== null;
  }

  /**
   * Registers a wait. Only Park calls this.
   *
   * @internal
   */
  addPark(park: Wait): void {
    this.sleepsInARow = park.reason.kind === "sleep" ? this.sleepsInARow + 1 : 0;
    if (this.#moreParks !== null) this.#moreParks.push(park);
    else if (this.#park === null) this.#park = park;
    else {
      this.#moreParks = [this.#park, park];
      this.#park = null;
    }
  }

  /**
   * Forgets a wait that has ended. Only Park calls this.
   *
   * @internal
   */
  removePark(park: Wait): void {
    if (park.reason.kind === "sleep") this.lastSleptAt = park.site;
    const parks = this.#moreParks;
    if (parks === null) {
      this.#park = null;
      return;
    }
    parks.splice(parks.indexOf(park), 1);
    if (parks.length > 1) return;
    this.#park = parks[0] ?? null;
    this.#moreParks = null;
  }

  /**
   * Makes the task a child of another one.
   *
   * @internal
   */
  moveUnder(parent: Task): void {
    this.#leaveParent();
    this.#putUnder(parent);
  }

  /**
   * Takes the task out of the tree and breaks what it has not let go of.
   *
   * @internal
   */
  end(): void {
    this.state = "done";
    this.#leaveParent();
    for (const thing of this.responsibleFor ?? []) thing.breakOff(this);
    this.responsibleFor = null;
  }

  #putUnder(parent: Task): void {
    this.#parent = parent;
    this.#elder = parent.#lastChild;
    if (this.#elder === null) parent.#firstChild = this;
    else this.#elder.#younger = this;
    parent.#lastChild = this;
  }

  #leaveParent(): void {
    const parent = this.#parent;
    if (parent === null) return;
    if (this.#elder === null) parent.#firstChild = this.#younger;
    else this.#elder.#younger = this.#younger;
    if (this.#younger === null) parent.#lastChild = this.#elder;
    else this.#younger.#elder = this.#elder;
    this.#elder = null;
    this.#younger = null;
  }
}

/** Root tasks of the runs that are under way in this isolate. */
export const rootTasks: Set<Task> = new Set();
