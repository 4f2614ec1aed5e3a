/**
 * Clues about what could not be seen where the kernel tells nothing of threads (/proc is closed to a run without all
 * permissions): an isolate in a native call, and whether a busy thread only reads at an end.
 *
 * Invariant: they are found only where another fact leaves the question open. Two other witnesses may close it: an
 * isolate that answered is in no native call, and an actor whose source uses nothing to read with does not read.
 *
 * @module
 */

import type { UnseenWitness } from "../../model/dump.ts";
import type { Evidence } from "../../model/result.ts";
import { atMostFew, type Clue, UNSEEN_KIND } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { isolateOfActor, parkedTasks } from "./queries.ts";

/** Whether a witness could not be asked. Without the threads, what they read is not seen either. */
function isUnseen({ dump }: Facts, what: UnseenWitness["what"]): boolean {
  return dump?.unseen?.some((each) => each.what === what || each.what === "threads") === true;
}

/** Whether the threads of the process could not be seen. */
export function threadsUnseen(facts: Facts): boolean {
  return isUnseen(facts, "threads");
}

/** Living actors that a task waits for. */
function awaited(facts: Facts): string[] {
  const peers = parkedTasks(facts, ({ peer, peerState }) => peer !== null && peerState !== "dead")
    .flatMap(({ wait }) => wait.peer ?? []);
  return [...new Set(peers)].filter((peer) => !facts.deadActors.includes(peer));
}

/** Whether the isolate of an actor answered nothing, or not to the end, and its thread is not seen either. */
function isHidden(facts: Facts, actor: string): boolean {
  if (actor === "root") return false;
  const isolate = isolateOfActor(facts, actor)?.isolate;
  return isolate === undefined || (isolate.state === "native-blocked" && isolate.thread === null);
}

function hiddenActors(facts: Facts, actors: readonly string[]): Evidence[] {
  if (!threadsUnseen(facts)) return [];
  return actors.filter((actor) => isHidden(facts, actor)).map((actor) => ({
    kind: UNSEEN_KIND,
    detail: `${actor} answers no inspector, and whether its thread is in a native call is not seen`,
    ref: null,
  }));
}

/** A task waits for an actor that may be in a native call, which only /proc could show. */
export const MAYBE_NATIVE: Clue = {
  says: "a task waits for an actor that may be in a native call: /proc, which would show its " +
    "thread, cannot be read",
  find: (facts) => atMostFew(hiddenActors(facts, awaited(facts))),
};

/** An actor was not met: it may keep the process, or still do what is waited for. */
export const HIDDEN_ACTOR: Clue = {
  says: "an actor that is not known to be dead may be in a native call: /proc, which would show " +
    "its thread, cannot be read",
  find: (facts) => {
    const living = facts.actors.filter(({ deadMs }) => deadMs === null).map(({ path }) => path);
    return atMostFew(hiddenActors(facts, living));
  },
};

/** A task waits for a busy actor that may do nothing but read at an end, which only /proc could show. */
export const MAYBE_AT_EOF: Clue = {
  says: "a task waits for a busy actor that may only read at the end of something: /proc, which " +
    "counts its reads, cannot be read",
  find: (facts) => {
    if (!isUnseen(facts, "reads")) return [];
    return atMostFew(
      awaited(facts).flatMap((actor) => {
        const found = isolateOfActor(facts, actor);
        if (found?.isolate.state !== "busy" || facts.cannotRead?.includes(actor)) return [];
        const detail = `${actor} (${found.isolate.id}) is busy, and whether it only reads at the ` +
          "end of something is not seen";
        return [{ kind: UNSEEN_KIND, detail, ref: found.ref }];
      }),
    );
  },
};
