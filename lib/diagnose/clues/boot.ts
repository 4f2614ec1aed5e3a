/**
 * Clues about actors that never said that they are ready.
 *
 * @module
 */

import { atMostFew, type Clue, describeWait } from "./clue.ts";
import { time } from "../../protocol/duration.ts";
import type { Dump, DumpedTask } from "../../model/dump.ts";
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

/**
 * So long an isolate must have been at rest in its start: on a machine that is short of processors or of network, loading
 * may take seconds during which the isolate itself runs nothing.
 */
const STUCK_AFTER_MS = 2_000;

/** Whether an actor has been at rest for long in the import of its own module. */
export function restsInModule({ isolates, tasks }: Dump, actor: string): boolean {
  const isolate = isolates.findLast((each) => each.kind === "worker" && each.actor === actor);
  if (isolate?.state !== "parked" || isolate.samples.length > 0) return false;
  return tasks.some((task) => isLoading(task, actor) && (task.sinceMs ?? 0) >= STUCK_AFTER_MS);
}

/** The root task of an actor first of all loads its module. */
function isLoading({ actor, parent, parkedOn }: DumpedTask, wanted: string): boolean {
  return actor === wanted && parent === null && parkedOn?.kind === "hold";
}

/** A task waits for the first word of an actor that lives, is at rest, and has not come to the end of its module. */
export const STUCK_BOOT: Clue = {
  says: "a task is parked in the handshake with a living actor that is at rest in its own module",
  find: (facts) => {
    const waits = parkedTasks(
      facts,
      ({ kind, peerState }, { sinceMs }) =>
        kind === "handshake" && peerState === "alive" && (sinceMs ?? 0) >= STUCK_AFTER_MS,
    );
    return atMostFew(waits.flatMap((parked) => {
      const actor = parked.wait.peer ?? "";
      const found = isolateOfActor(facts, actor);
      if (found === null) return [];
      const [loading] = parkedTasks(facts, (_, task) => isLoading(task, actor));
      if (loading === undefined || !facts.dump || !restsInModule(facts.dump, actor)) return [];
      const detail = `child in its module: ${actor} (${found.isolate.id}) is at rest, and has ` +
        `waited for the ${loading.wait.resource} for ${time(loading.task.sinceMs ?? 0)}`;
      return [describeWait(parked), { kind: "child", detail, ref: loading.ref }];
    }));
  },
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
