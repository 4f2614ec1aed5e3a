/**
 * Clues about actors that never said that they are ready.
 *
 * @module
 */

import { atMostFew, type Clue, describeWait } from "./clue.ts";
import type { Facts } from "../facts.ts";
import { isolateOfActor, type ParkedTask, parkedTasks } from "./queries.ts";

/** Tasks that wait for the handshake of an actor that is gone or was given up. */
function bootWaits(facts: Facts): ParkedTask[] {
  return parkedTasks(
    facts,
    ({ kind, peerState }) =>
      kind === "handshake" && (peerState === "dead" || peerState === "abandoned"),
  );
}

/** Whether a task still waits for the first word of an actor. */
export function neverConnected(facts: Facts, actor: string | null): boolean {
  return bootWaits(facts).some(({ wait }) => wait.peer === actor);
}

/** A task waits for the first word of an actor that will never say one. */
export const BOOT_WAIT: Clue = {
  says: "a task is parked in the handshake with an actor that is dead or was given up",
  find: (facts) => atMostFew(bootWaits(facts).map(describeWait)),
};

/** How the actor ended that was to connect. */
export const STILLBORN: Clue = {
  says: "how the actor ended that was to connect is known",
  find: (facts) => {
    const peers = new Set(bootWaits(facts).flatMap(({ wait }) => wait.peer ?? []));
    return atMostFew([...peers].flatMap((peer) => {
      const found = isolateOfActor(facts, peer);
      const gone = found === null || found.isolate.state === "gone";
      if (!gone || !facts.deadActors.includes(peer)) return [];
      const detail = `peer dead: the isolate of ${peer} has really ended, before it was ready`;
      return [{ kind: "child", detail, ref: null }];
    }));
  },
};
