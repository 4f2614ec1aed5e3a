/**
 * The actor that lives in this isolate: its service nursery, its options, its links. One at a time; root actors make it
 * in `runActors`, workers when they boot.
 *
 * @module
 */

import { Cancelled, UsageError } from "../errors.ts";
import type { Event } from "../event.ts";
import type { Nursery } from "../nursery.ts";
import type { Link } from "../rpc/link.ts";
import { CancelScope, moveOnAfter } from "../cancel_scope.ts";
import { giveUpJoin } from "./remedies.ts";
import type { TeardownOptions } from "./options.ts";
import type { ReapOutcome } from "./reaper.ts";
import type { SoftKillBound } from "./soft_kill_bound.ts";
import type { Spares } from "./spares.ts";

/** Ends stuck workers: the inspector of the process in the root, a request to the parent in a worker. */
export interface ReapService {
  /** Gets ready, so that reaping is quick. */
  arm(): Promise<void>;
  /** Asks for the end of the worker that holds `lifeLock`. */
  reap(lifeLock: string): Promise<ReapOutcome>;
  /** Nothing is to be reaped any more for now. */
  release(): void;
}

/** A child as far as the start of its conversation goes. */
export interface Bootable {
  readonly link: Link;
  /** Gives up waiting for its handshake if that can never come, or need not; answers why, null when it may yet. */
  loseBootRaceByHand(): string | null;
}

/** The function under which every supervisor is asked by its children for more time; see {@linkcode ActorRuntime}. */
export const EXTEND_FUNCTION = "unwedge:extend-soft-kill";

/** What an actor is made of. */
export interface ActorWiring {
  readonly newReaper: () => ReapService;
  /** The link to the parent, null in the root. */
  readonly parentLink: Link | null;
  /** Journal file of the run, or null. */
  readonly journal: string | null;
  /** Name of this actor's life lock; in the root the name that those of its children begin with. */
  readonly lifeLock: string;
  /** Set when this whole actor is asked to end: from then on its own supervisor sees to what it leaves behind. */
  readonly ending: Event;
  /**
   * Told when the teardown of an outermost actor nursery begins and when it is over; the root's sentinel wants to know.
   */
  readonly onTeardown?: (underWay: boolean) => void;
  /** Workers that stand ready; only in a root that was asked for some. */
  readonly spares?: Spares | null;
}

/**
 * The names of the children of one actor. Paths identify actors in dumps and in journals, so no two children have
 * the same one at a time: while another `worker` may still be there, the new one is `worker~2`.
 */
export class ActorNames {
  readonly #inUse: Set<string> = new Set();

  /**
   * Takes a name.
   *
   * @throws {UsageError} when it cannot be a part of a path
   */
  take(name: string): string {
    if (name === "" || name.includes("/")) {
      throw new UsageError(
        `the name of an actor is one part of a path, got ${JSON.stringify(name)}`,
      );
    }
    let unique = name;
    for (let n = 2; this.#inUse.has(unique); n++) unique = `${name}~${n}`;
    this.#inUse.add(unique);
    return unique;
  }

  /** Gives a name back: the thread of the actor that had it is gone. */
  free(unique: string): void {
    this.#inUse.delete(unique);
  }
}

/** So many actors end together without slowing each other down much. */
const AT_ONCE = 16;

/** What every part of an actor shares. */
export class ActorRuntime {
  /** The names of its children. */
  readonly names: ActorNames = new ActorNames();
  /** Those that are not torn down yet. */
  readonly children: Set<Bootable> = new Set();
  /** The conversations with children that are still read, also those of children that were given up. */
  readonly links: Set<Link> = new Set();
  /** The bounds of those that are asked to end, and have not ended. */
  readonly softKills: Set<SoftKillBound> = new Set();
  /** The most of them since none was. */
  #together = 0;
  /** Whether this actor waits until no peer is left. */
  joinsPeers = false;

  /** @param service message loops live here, outside every actor nursery */
  constructor(
    readonly service: Nursery,
    readonly options: TeardownOptions,
    readonly wiring: ActorWiring,
  ) {}

  /** See {@linkcode ActorWiring.ending}. */
  get ending(): Event {
    return this.wiring.ending;
  }

  get isRoot(): boolean {
    return this.wiring.parentLink === null;
  }

  /**
   * Asks the supervisor to give this actor `ms` milliseconds from now to end: something below it is slow to end, and an
   * actor that is killed in the middle of a teardown leaves orphans. Ends with the answer, or with the conversation.
   */
  async askForTime(ms: number): Promise<void> {
    const { parentLink } = this.wiring;
    if (parentLink === null) return;
    try {
      await parentLink.run(EXTEND_FUNCTION, [ms]);
    } catch (error) {
      // A supervisor that has gone changes nothing in what is to be done here.
      if (error instanceof Cancelled) throw error;
    }
  }

  /** A child that was asked to end has answered, closes or is gone: the machine has not stood still for the others. */
  childGotOn(): void {
    const { size } = this.softKills;
    this.#together = size === 0 ? 0 : Math.max(this.#together, size);
    // The end of each isolate stops all others for a moment (docs/teardown-cost.md): the more, the longer the gaps.
    const ms = this.options.softKillMs * Math.max(1, this.#together / AT_ONCE);
    for (const bound of this.softKills) bound.siblingGotOn(ms, this.#together);
  }

  /** Starts the message loop of a link to a child. */
  addLink(link: Link): void {
    this.links.add(link);
    this.service.spawn(async () => {
      await link.processMessages();
      this.links.delete(link);
    }, `loop of ${link.channel.id}`);
  }

  /**
   * Waits until no peer is left, whatever happens further out: an actor that went before its peers' last words were
   * read would lose them. Without the remedy `bounded-join` this wait has no bound.
   */
  async joinPeers(): Promise<void> {
    this.joinsPeers = true;
    const links = [...this.links];
    const all = async () => {
      for (const link of links) await link.done.wait();
    };
    if (!this.options.remedies.has("bounded-join")) {
      await new CancelScope({ shield: true, name: "join of the peers" }).run(all);
      return;
    }
    const { joinMs } = this.options;
    const outcome = await moveOnAfter(joinMs, all, {
      shield: true,
      name: "bounded join of the peers",
    });
    if (outcome.kind === "done") return;
    for (const link of links.filter(({ done }) => !done.isSet)) {
      giveUpJoin(link, ` after ${joinMs} ms`);
    }
  }
}

let current: ActorRuntime | null = null;

/** Makes `runtime` the one of this isolate while `body` runs. */
export async function withRuntime<T>(runtime: ActorRuntime, body: () => Promise<T>): Promise<T> {
  if (current !== null) throw new UsageError("an actor runs in this isolate already");
  current = runtime;
  try {
    return await body();
  } finally {
    current = null;
  }
}

/** The actor runtime of this isolate, null when no actor runs in it. */
export function runtimeOrNone(): ActorRuntime | null {
  return current;
}

/**
 * The actor runtime of this isolate.
 *
 * @throws {UsageError} outside `runActors()` and outside an actor
 */
export function currentRuntime(): ActorRuntime {
  if (current === null) {
    throw new UsageError("no actor runs here: use runActors() instead of run()");
  }
  return current;
}

/** What an actor in a worker was given when it booted, and what it has to do when it ends. `self.ts` hands it out. */
export const boot: {
  shared: Readonly<Record<string, SharedArrayBuffer>>;
  exitHooks: (() => unknown)[];
} = { shared: {}, exitHooks: [] };

/** Runs the exit hooks. An error in one does not keep the others from running. */
export async function runExitHooks(): Promise<void> {
  const hooks = boot.exitHooks.reverse();
  boot.exitHooks = [];
  for (const hook of hooks) {
    try {
      await hook();
    } catch (error) {
      console.error("exit hook failed:", error);
    }
  }
}
