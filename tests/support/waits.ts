/** Hangs whose tasks wait for each other, for tests that swap one fact of them. @module */

import type { DumpedTask, DumpedWait, Position } from "../../lib/model/dump.ts";
import type { ProofReport } from "../../lib/model/proof.ts";
import type { Facts } from "../../lib/diagnose/facts.ts";
import { IDLE_MAIN, isolate, orphaned, task, withDump } from "./facts.ts";

const OWN: Position = { file: import.meta.resolve("../../lib/actor/lock.ts"), line: 9, column: 1 };

/** A line of the program. */
export function line(line: number): Position {
  return { file: "file:///p/program.ts", line, column: 1 };
}

/**
 * A task in a wait. Its actor is the part of `id` before the `#`, its parent the root task of that.
 *
 * @param site a line of the program; null for a wait of unwedge's own
 */
export function waits(
  id: string,
  site: number | null,
  wait: Partial<DumpedWait>,
  more: Partial<DumpedTask> = {},
): DumpedTask {
  const actor = id.slice(0, id.indexOf("#"));
  return task({
    id,
    actor,
    name: "task",
    parent: `${actor}#1`,
    site: site === null ? OWN : line(site),
    parkedOn: { kind: "event", resource: "something", peer: null, peerState: null, ...wait },
    ...more,
  });
}

/** A task that joins others. */
export function joins(id: string, site: number | null, onTasks: readonly string[]): DumpedTask {
  const parent = id.endsWith("#1") ? { parent: null } : {};
  return waits(id, site, { kind: "join", resource: "nursery", onTasks: [...onTasks] }, parent);
}

/** The root task of the root, which joins main. */
export const ROOT = joins("root#1", null, ["root#2"]);

/** A run that hangs with these tasks in its dump; the actors that they name stand idle. Nothing is proven. */
export function hangOf(tasks: readonly DumpedTask[], change: Partial<Facts> = {}): Facts {
  const actors = new Set(tasks.map(({ actor }) => actor));
  actors.delete("root");
  const idle = [...actors].map((actor) => isolate({ actor, state: "parked", samples: [] }));
  const facts = orphaned({
    ladder: [],
    actors: [],
    proof: { kind: "not-provable", reasons: ["program.ts uses setInterval"] },
  });
  const dump = { tasks: [...tasks], isolates: [IDLE_MAIN, ...idle], channels: [] };
  return withDump(facts, dump, change);
}

/** A proof, however it explains itself. */
export const PROVEN: ProofReport = {
  kind: "proven",
  proof: { kind: "dead-end", path: [], because: "" },
  quietMs: 1,
  provenMs: 50,
};
