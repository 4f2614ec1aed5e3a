/**
 * Clues about actors that are in a native call: out of reach of messages, terminate() and the inspector alike.
 *
 * @module
 */

import { atMostFew, type Clue } from "./clue.ts";
import { orphans } from "./channel.ts";
import type { Facts } from "../facts.ts";
import { type FoundIsolate, isolateOfActor, isolates } from "./queries.ts";

function describe({ isolate: { id, actor, thread } }: FoundIsolate): string {
  const who = actor === null ? id : `${actor} (${id})`;
  const wait = thread === null ? "" : `; its thread ${thread.tid} waits in ${thread.wchan ?? "?"}`;
  return `${who} answers no inspector${wait}`;
}

/**
 * An isolate that told its tasks in this very dump was not in a native call: on a starved machine its stack can come
 * too late (seen with 25 workers at 15 runnable threads for each processor), and then the dump cannot tell the two
 * apart.
 */
function inNativeCall(
  { isolate: { state, actor, thread } }: FoundIsolate,
  facts: Facts,
): boolean {
  // Silence alone is no native call: only the kernel tells it from an isolate that got no turn to answer.
  if (state !== "native-blocked" || thread === null) return false;
  return actor === null || !(facts.dump?.tasks ?? []).some((task) => task.actor === actor);
}

/**
 * Every actor that was given up, and on whose channel a task waits, is in a native call. One of them who could still be
 * ended would make the wait the supervisor's fault.
 */
export const NATIVE_PEERS: Clue = {
  says: "every actor at the other end of such a wait is in a native call",
  find: (facts: Facts) => {
    const peers = new Set(orphans(facts).flatMap(({ wait }) => wait.peer ?? []));
    const found = [...peers].map((peer) => isolateOfActor(facts, peer));
    if (found.some((each) => each === null || !inNativeCall(each, facts))) return [];
    return atMostFew(
      found.flatMap((each) =>
        each === null
          ? []
          : [{ kind: "child", detail: `child in a native call: ${describe(each)}`, ref: each.ref }]
      ),
    );
  },
};

/** What keeps the process is a native call, so that nothing short of its end helps. */
export const NATIVE_LEFTOVER: Clue = {
  says: "a worker that is in a native call keeps the process",
  find: (facts: Facts) =>
    atMostFew(
      isolates(facts, ({ kind }) => kind === "worker")
        .filter((found) => inNativeCall(found, facts))
        .map((found) => ({
          kind: "leftover",
          detail: `the process clock is lost to a native call: ${describe(found)}; neither ` +
            "terminate() nor a reap can end it, only the end of the call or of the process",
          ref: found.ref,
        })),
    ),
};
