/**
 * Puts actors' names to isolates that could not say them: one that is stuck in a native call answers nothing. Neither
 * can it be asked beforehand: a subject with our narrow permissions may not read in /proc which thread it is on.
 *
 * Invariant: only by elimination. Every living actor has one isolate, so when as many actors as isolates are left
 * over, they belong together; which to which, when they are several, tells the order in which one supervisor started
 * them (V8 numbers its workers in that order). When the numbers differ nobody is named.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import type { Dump } from "../model/dump.ts";

/** The dump with the names that follow from the journal. */
export function nameIsolates(dump: Dump, events: readonly JournalEvent[]): Dump {
  const unnamed = dump.isolates.filter(({ kind, actor, state }) =>
    kind === "worker" && actor === null && state !== "gone"
  ).map(({ id }) => id).sort((a, b) => numberOf(a) - numberOf(b));
  const named = new Set(dump.isolates.map(({ actor }) => actor));
  const left = livingActors(events).filter((path) => !named.has(path));
  const supervisors = new Set(left.map((path) => path.slice(0, path.lastIndexOf("/"))));
  if (left.length !== unnamed.length || supervisors.size !== 1) return dump;
  const isolates = dump.isolates.map((isolate) => {
    const n = unnamed.indexOf(isolate.id);
    return n < 0 ? isolate : { ...isolate, actor: left[n] ?? null };
  });
  return { ...dump, isolates };
}

/** Actors that were started and are not proven dead, in the order in which they were started. */
function livingActors(events: readonly JournalEvent[]): string[] {
  const living: string[] = [];
  for (const event of events) {
    if (event.kind === "actor-spawned") living.push(event.peer);
    // Paths are taken again only after a death, so there is at most one of a name.
    if (event.kind === "actor-dead") living.splice(living.indexOf(event.peer) >>> 0, 1);
  }
  return living;
}

function numberOf(isolate: string): number {
  return Number(isolate.slice(isolate.lastIndexOf("-") + 1));
}
