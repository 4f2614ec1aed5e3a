/**
 * `runActors()`: the root of an actor tree. Like `run()`, with a service nursery around the program in which the
 * message loops of its children live.
 *
 * @module
 */

import { thrownText, thrownTexts } from "../../protocol/text.ts";
import { Cancelled, KeyboardInterrupt } from "../errors.ts";
import { Event } from "../event.ts";
import { observe, setActorPath } from "../identity.ts";
import { openNursery } from "../nursery.ts";
import { run } from "../run.ts";
import { setProgram } from "../teardown.ts";
import type { RootSentinel } from "../sentinel/root_sentinel.ts";
import { openValve } from "../sentinel/valve.ts";
import { newLifeLock } from "./life.ts";
import { installManualRemedies } from "./manual_remedies.ts";
import { type TeardownOptions, teardownOptions } from "./options.ts";
import { Reaper } from "./reaper.ts";
import { ActorRuntime, withRuntime } from "./runtime.ts";
import { Spares } from "./spares.ts";

/** Options of {@linkcode runActors}: bounds and remedies that default to all on, and where to keep a journal. */
export interface RunActorsOptions extends Partial<Omit<TeardownOptions, "remedies">> {
  /**
   * Names of the remedies to switch on. Default: all but `sentinel`, which takes a worker and SIGINT from the start, and
   * `reap`.
   */
  readonly remedies?: Iterable<string>;
  /**
   * Whether the thread of an actor that is stuck is ended through the inspector of this process, which is opened for it on
   * the loopback, where any user of the machine can connect. Without it such a thread stays. Counts where `remedies` is
   * not given. Default false.
   */
  readonly reap?: boolean;
  /** Journal file that worker isolates append to; the caller sets the observer of its own isolate. Default none. */
  readonly journal?: string | null;
  /** Whether SIGINT becomes a KeyboardInterrupt. Default true. */
  readonly handleSigint?: boolean;
  /**
   * With the remedy `sentinel`: within how many milliseconds SIGINT is taken by main or ends the process. Default 250.
   */
  readonly signalBoundMs?: number;
  /**
   * How many workers stand ready for actors that the root is to start: such a start is much quicker (row `start-spare` of the bench).
   * Each costs about 11 MB, and is started when this run begins and whenever one was taken. Dumps show the actor in it by
   * its path; the name of its Worker stays `unwedge:spare`. Default 0.
   */
  readonly spare?: number;
}

/**
 * Runs `main` as the root actor and joins everything below it: tasks, actors, message loops.
 *
 * @returns what `main` returned
 * @throws {KeyboardInterrupt} when SIGINT came: the whole tree is cancelled from the root
 * @throws {UsageError} for an unknown remedy, a negative bound, or `spare` that is no whole number
 * @throws whatever `main` throws
 */
export async function runActors<T>(
  main: () => T | Promise<T>,
  options: RunActorsOptions = {},
): Promise<T> {
  const teardown = teardownOptions(options);
  setActorPath("root");
  installManualRemedies(openValve);
  const { journal = null, handleSigint = true, spare = 0 } = options;
  using sentinel = await sentinelFor(teardown, options);
  const spares = spare === 0 ? null : new Spares(spare);
  try {
    const value = await run(() => rootActor(main, teardown, journal, sentinel, spares), {
      name: "root",
      handleSigint,
      ...sentinel === null ? {} : { sigint: sentinel },
    });
    observe({ kind: "joined", outcome: "ok", error: null });
    return value;
  } catch (error) {
    const outcome = isInterrupt(error)
      ? "interrupted"
      : error instanceof Cancelled
      ? "cancelled"
      : "error";
    observe({ kind: "joined", outcome, error: thrownText(error) });
    throw error;
  } finally {
    spares?.end();
  }
}

/**
 * Loaded only when it is wanted, since most programs run without one. It stands before anything runs that it could be
 * needed for.
 */
async function sentinelFor(
  { remedies }: TeardownOptions,
  options: RunActorsOptions,
): Promise<RootSentinel | null> {
  if (!remedies.has("sentinel")) return null;
  const { RootSentinel } = await import("../sentinel/root_sentinel.ts");
  const sentinel = new RootSentinel(options);
  await sentinel.ready;
  return sentinel;
}

/**
 * Three nurseries deep: the service nursery with the loops, in it the program, in it the main task. An interrupt
 * reaches the root task in the join of the program and cancels all of that, while the loops go on, so that children can
 * be asked to end. Once the program is over there is nothing left to ask, and the loops are cancelled too.
 */
async function rootActor<T>(
  main: () => T | Promise<T>,
  teardown: TeardownOptions,
  journal: string | null,
  sentinel: RootSentinel | null,
  spares: Spares | null,
): Promise<T> {
  const result: { readonly value: T }[] = [];
  await openNursery((service) => {
    const runtime = new ActorRuntime(service, teardown, {
      newReaper: () => new Reaper(),
      parentLink: null,
      journal,
      lifeLock: newLifeLock(null, "root"),
      ending: new Event("end of root"),
      onTeardown: (underWay) => sentinel?.teardown(underWay),
      spares,
    });
    return withRuntime(runtime, async () => {
      try {
        await openNursery((program) => {
          setProgram(
            program.spawn(async () => result.push({ value: await reporting(main) }), "main"),
          );
        }, { name: "program" });
      } catch (error) {
        if (!isInterrupt(error)) await runtime.joinPeers();
        throw error;
      }
      await runtime.joinPeers();
    });
  }, { name: "service" });
  const [first] = result;
  // openNursery has thrown unless main returned, for no other code has a handle on its scope.
  if (first === undefined) {
    throw new Error("the main task of the root actor ended without a result");
  }
  return first.value;
}

/** Whether an error is an interrupt, which may come out together with what went wrong while it was heeded. */
export function isInterrupt(error: unknown): boolean {
  return error instanceof KeyboardInterrupt ||
    (error instanceof AggregateError && error.errors.some(isInterrupt));
}

async function reporting<T>(main: () => T | Promise<T>): Promise<T> {
  try {
    return await main();
  } catch (error) {
    if (!(error instanceof Cancelled)) reportFailure(error);
    throw error;
  }
}

/** Said at once: the run may yet hang in the join of its peers, and the error must not be swallowed by that. */
function reportFailure(error: unknown): void {
  observe({ kind: "error", ...thrownTexts(error), where: "main task of root" });
}
