/**
 * Whether what stood still in code of its own has come out of it since. Neither a message nor terminate() gets at an
 * isolate that is in code, so an actor that was heard of again, and was not ended from outside, had come to the end of
 * that code: it was slow, or what it waited for came, and a join proves nothing about what was done. An isolate that was
 * blocked in a lock of the runtime's is not among them: what was done may have had the lock released.
 *
 * @module
 */

import type { Dump, IsolateDump } from "../../model/dump.ts";
import { time } from "../../protocol/duration.ts";
import type { Heard } from "../facts.ts";
import { chainOf } from "./chain.ts";
import { standstill } from "../clues/queries.ts";

/** Something that was done to a hung subject. */
export interface Done {
  /** After teardown was requested. */
  readonly atMs: number;
  /** When the nursery joined after that. */
  readonly joinedMs: number;
  /** When main acted on it after that, null when it did not. */
  readonly mainActedMs: number | null;
  /** Who was heard of after that. */
  readonly heard: readonly Heard[];
}

/** The actors in workers that stood still in a dump and were heard of later. Main may have been freed from outside. */
export function cameOut(dump: Dump, heard: readonly Heard[]): Heard[] {
  return heard.filter(({ actor }) =>
    dump.isolates.some((isolate) =>
      isolate.kind === "worker" && isolate.actor === actor && standsStill(isolate, dump)
    )
  );
}

/** A promise without a label takes no cancel: one that comes later than this after an interrupt came by itself. */
export const OWN_END_MS = 250;

/**
 * Why a join proves nothing of what was done before it: all that stood in code came out, or a promise came that takes no
 * cancel. Null where nothing says so.
 */
export function outByItself(dump: Dump, done: Done): string | null {
  const { atMs, joinedMs, mainActedMs, heard } = done;
  const last = chainOf(dump).at(-1);
  // An actor may have been ended meanwhile, and its promise with it.
  const main = dump.isolates.find(({ kind }) => kind === "main");
  const idle = main?.state === "parked" && last?.actor === main.actor;
  if (last?.kind === "none" && idle && joinedMs >= OWN_END_MS) {
    return `${
      last.task ?? "a task"
    } of ${last.actor} awaited a promise that takes no cancel, and ` +
      `that came within ${time(joinedMs)}`;
  }
  if (mainActedMs !== null && mainStood(dump)) {
    return `main was in code, and had come to the end of it ${time(mainActedMs)} later`;
  }
  const out = cameOut(dump, heard);
  const [first] = out;
  const stayed = awaited(dump).some((isolate) =>
    standsStill(isolate, dump) && !out.some(({ actor }) => actor === isolate.actor)
  );
  if (first === undefined || stayed) return null;
  return `${first.actor} was in code, and had come to the end of it ${
    time(first.atMs - atMs)
  } later`;
}

function standsStill(isolate: IsolateDump, { sharedLocks }: Dump): boolean {
  const locked = sharedLocks.some(({ seenBy, blockedMs }) =>
    seenBy === isolate.actor && blockedMs !== null
  );
  return !locked && (isolate.state === "native-blocked" || standstill(isolate) !== null);
}

/** Main was in one long run of code, and not at work on one call of an actor after the other. */
function mainStood(dump: Dump): boolean {
  const { isolates, tasks } = dump;
  const main = isolates.find(({ kind }) => kind === "main");
  if (main === undefined || !standsStill(main, dump) || main.microtasks === "run") return false;
  return !tasks.some(({ actor, serves, state }) =>
    actor === main.actor && serves !== undefined && state !== "parked"
  );
}

/** The isolates of living actors that a task of another one waits for. */
function awaited({ isolates, tasks }: Dump): IsolateDump[] {
  const peers = new Set(
    tasks.flatMap(({ parkedOn }) => parkedOn?.peerState === "alive" ? parkedOn.peer ?? [] : []),
  );
  return isolates.filter(({ kind, actor }) =>
    kind === "worker" && actor !== null && peers.has(actor)
  );
}
