/**
 * What the tests of actors have in common: a test whose body is the main task of a root actor, with everything recorded
 * that the runtime reports, and after which no worker thread is left. Tests wait for records, never for time.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import type { Orders } from "../../fixtures/children/bare_worker.ts";
import type { JournalBody } from "../../lib/protocol/journal_event.ts";
import type { ParkKind } from "../../lib/protocol/terms.ts";
import type { ParkSnapshot } from "../../lib/protocol/snapshot.ts";
import { hold } from "../../lib/actor/park.ts";
import { setObserver } from "../../lib/actor/identity.ts";
import { run } from "../../lib/actor/run.ts";
import { newGate } from "../../lib/actor/spawn/life.ts";
import { Reaper } from "../../lib/actor/spawn/reaper.ts";
import { runActors, type RunActorsOptions } from "../../lib/actor/spawn/run_actors.ts";
import type { ActorNursery } from "../../lib/actor/spawn/actor_nursery.ts";
import type { Portal } from "../../lib/actor/rpc/portal.ts";
import { takeSnapshot } from "./runtime_testing.ts";

/** Long enough for a machine that is busy with other things; a wedge fails the test then. */
const TIMEOUT_MS = 30_000;

/** URL of the module with the functions that tests call in children. */
export const ZOO: string = import.meta.resolve("../../fixtures/children/zoo.ts");

/** A module of one line or two, as a URL. */
export function moduleOf(source: string): string {
  return `data:application/typescript,${encodeURIComponent(source)}`;
}

/** A worker without an actor in it, which takes a life lock. */
export class BareWorker {
  readonly worker: Worker;
  /** Whether it may go on once it has its lock. */
  readonly held: Promise<unknown>;
  readonly #go: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

  constructor(lifeLock: string, then: Orders["then"], gate: SharedArrayBuffer = newGate()) {
    this.worker = new Worker(import.meta.resolve("../../fixtures/children/bare_worker.ts"), {
      type: "module",
    });
    this.held = new Promise((resolve) => {
      this.worker.onmessage = ({ data }) => resolve(data);
    });
    const orders: Orders = { lifeLock, gate, go: this.#go, then };
    this.worker.postMessage(orders);
  }

  /** Lets it take its lock. */
  go(): void {
    Atomics.store(this.#go, 0, 1);
    Atomics.notify(this.#go, 0);
  }
}

/** What is reported while a test runs. */
export class Records {
  readonly all: JournalBody[] = [];
  #waiting: (() => void)[] = [];

  /** Takes a record in. */
  add(body: JournalBody): void {
    this.all.push(body);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Waits for the first record that matches. Works in and outside tasks. */
  async first(matches: (body: JournalBody) => boolean): Promise<JournalBody> {
    for (;;) {
      const found = this.all.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The rungs that were climbed for a peer, in order: `soft-kill asked`, `hard-kill effect no-answer`. */
  rungs(peer: string): string[] {
    return this.all.flatMap((body) =>
      body.kind === "rung" && body.peer === peer
        ? [`${body.rung} ${body.step}${body.effect === null ? "" : ` ${body.effect}`}`]
        : []
    );
  }

  /** What remedies did, as `remedy: did`. */
  remedies(): string[] {
    return this.all.flatMap((body) =>
      body.kind === "remedy" ? [`${body.remedy}: ${body.did}`] : []
    );
  }

  /** Names of the remedies that did something, each once. */
  remediesUsed(): string[] {
    return [
      ...new Set(this.all.flatMap((body) => body.kind === "remedy" ? [body.remedy] : [])),
    ];
  }

  /** Paths of the actors that are proven dead. */
  dead(): string[] {
    return this.all.flatMap((body) => body.kind === "actor-dead" ? [body.peer] : []).sort();
  }
}

/** A child that ends when asked is not too late on a busy machine; a test in which bounds run out names its own. */
const LONG_BOUNDS = { softKillMs: 10_000, hardKillMs: 10_000 };

/** What a test of actors is handed. */
export interface ActorTest {
  readonly records: Records;
}

/**
 * Registers a test whose body is the main task of a root actor. It fails when it wedges and when it leaves a worker
 * thread; what is stuck on purpose is ended with {@linkcode endStuckWorkers} first.
 */
export function actorTest(
  name: string,
  options: RunActorsOptions,
  body: (test: ActorTest) => unknown,
): void {
  test(name, async (context) => {
    await runActors(() => body(context), {
      handleSigint: false,
      reap: true,
      ...LONG_BOUNDS,
      ...options,
    });
  });
}

/** The same for tests that call `runActors()` themselves. */
export function test(name: string, body: (test: ActorTest) => void | Promise<void>): void {
  Deno.test(name, { timeout: TIMEOUT_MS }, async () => {
    const records = new Records();
    setObserver((record) => records.add(record));
    try {
      await body({ records });
    } finally {
      setObserver(null);
      await endStuckWorkers();
    }
    await workersGone();
  });
}

/** What the tasks of this isolate are parked in, of one kind. */
export function parkedIn(kind: ParkKind): ParkSnapshot[] {
  return takeSnapshot().tasks.flatMap(({ parkedOn }) => parkedOn)
    .filter((park) => park.kind === kind);
}

/** Waits until a task is parked in something of a kind whose name contains `part`. */
export async function untilParkedIn(kind: ParkKind, part: string): Promise<ParkSnapshot> {
  for (;;) {
    const found = parkedIn(kind).find(({ resource }) => resource.includes(part));
    if (found !== undefined) return found;
    await nextTurn();
  }
}

/** A flag in shared memory that a child raises when it is where the test wants it. */
export class Flag {
  readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

  /** Whether it was raised. */
  get up(): boolean {
    return Atomics.load(new Int32Array(this.memory), 0) === 1;
  }

  /** Waits until it is raised. */
  async raised(): Promise<void> {
    while (!this.up) await hold(nextTurn(), "flag of the test");
  }
}

/** Starts a child and has it block for good. Once it does: the name of the error that the call ends with, if it ends. */
export async function startStuck(
  actors: ActorNursery,
): Promise<{ readonly portal: Portal; readonly failed: Promise<string> }> {
  const stuck = new Flag();
  const shared = { stuck: stuck.memory };
  const portal = await actors.startActor("child", { module: ZOO, shared });
  const failed = portal.run("block").then(() => "nothing", ({ name }: Error) => name);
  await stuck.raised();
  return { portal, failed };
}

/** One turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Names of the worker threads of this process. */
export function workerThreads(): string[] {
  return [...workerTids().keys()];
}

/**
 * The worker threads of this process: names and thread ids. A thread that a worker starts has the worker's name until it
 * has given itself one of its own; the worker came first.
 */
export function workerTids(): Map<string, number> {
  const tids = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => Number(name));
  const workers = new Map<string, number>();
  for (const tid of tids.sort((a, b) => a - b)) {
    try {
      const comm = Deno.readTextFileSync(`/proc/self/task/${tid}/comm`).trim();
      if (comm.startsWith("worker-") && !workers.has(comm)) workers.set(comm, tid);
    } catch (error) {
      if (!endedMeanwhile(error)) throw error;
    }
  }
  return workers;
}

/** A thread that ends between being listed and being read gives NotFound, or ESRCH when its file was open already. */
function endedMeanwhile(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    (error instanceof Error && error.message.includes("os error 3"));
}

/** Waits until no worker thread is left. */
export async function workersGone(): Promise<void> {
  const until = performance.now() + TIMEOUT_MS / 3;
  while (workerThreads().length > 0) {
    if (performance.now() > until) {
      throw new AssertionError(`threads stay: ${workerThreads().join(", ")}`);
    }
    await nextTurn();
  }
}

/** Really ends every actor that still holds its life lock. */
export async function endStuckWorkers(): Promise<void> {
  const living = await livingActors();
  if (living.length === 0) return;
  await run(async () => {
    const reaper = new Reaper();
    try {
      // One that was ending by itself fails to be reaped; one that stays fails the test by its thread.
      for (const lifeLock of living) await reaper.reap(lifeLock);
      for (let turn = 0; turn < 1_000; turn++) {
        if ((await hold(livingActors(), "living actors")).length === 0) break;
        await hold(nextTurn(), "next turn");
      }
    } finally {
      reaper.release();
    }
  }, { handleSigint: false });
}

/** Life locks of the actors of this process that live. */
export async function livingActors(): Promise<string[]> {
  const { locks } = navigator as Navigator & {
    readonly locks: {
      query(): Promise<
        { readonly held: readonly { readonly name: string; readonly mode: string }[] }
      >;
    };
  };
  const { held } = await locks.query();
  return held.filter(({ name, mode }) => name.startsWith("unwedge-life:") && mode === "exclusive")
    .map(({ name }) => name);
}
