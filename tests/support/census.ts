/** A run in which everything stands still, for tests that swap one fact of it. @module */

import { FACTS } from "./scenario_facts.ts";
import type { JournalBody, JournalEvent } from "../../lib/protocol/journal_event.ts";
import type { WaitingTask, WaitRecord, WaitsRecord } from "../../lib/protocol/waits.ts";
import { Census } from "../../lib/diagnose/proof/census.ts";

/** One record, written by `actor`. */
export function record(actor: string, body: JournalBody): JournalEvent {
  return { t: 1_000, actor, ...body };
}

/** The fold of these records. */
export function censusOf(events: readonly JournalEvent[]): Census {
  const census = new Census();
  for (const event of events) census.add(event);
  return census;
}

/** A wait. */
export function wait(facts: Partial<WaitRecord>): WaitRecord {
  return {
    kind: "event",
    resource: "something",
    peer: null,
    peerState: null,
    shielded: false,
    onTasks: [],
    call: null,
    ...facts,
  };
}

/** A parked task. */
export function task(
  id: number,
  waits: readonly WaitRecord[],
  facts: Partial<WaitingTask> = {},
): WaitingTask {
  return { id, name: `task${id}`, parent: id === 1 ? null : 1, serves: null, waits, ...facts };
}

/** An isolate in which nothing moves, nor can. */
export function waits(facts: Partial<WaitsRecord> = {}): WaitsRecord {
  return {
    quietSinceMs: 900,
    sources: [],
    tasks: [task(1, [wait({ kind: "sleep", resource: "forever" })])],
    tasksLeftOut: 0,
    channels: [],
    ...facts,
  };
}

/** A `waits` record. */
export function quiet(actor: string, facts: Partial<WaitsRecord> = {}): JournalEvent {
  return record(actor, { kind: "waits", waits: waits(facts) });
}

/** The program has begun. */
export const BEGUN = record("root", { kind: "scenario", facts: FACTS, remedies: [] });
/** root has started root/child. */
export const SPAWNED = record("root", {
  kind: "actor-spawned",
  peer: "root/child",
  worker: "root/child",
  module: "file:///child.ts",
});
/** root has the proof that root/child is gone. */
export const DEAD = record("root", { kind: "actor-dead", peer: "root/child" });

/** One end of the channel between root and root/child. */
export function end(
  peer: string,
  sent: number,
  received: number,
  state: "open" | "closed" = "open",
) {
  return { peer, state, sent, received };
}
