/**
 * The speed table: what is promised, against what. The measurements are loaded one by one, so that a row's process
 * holds nothing that belongs to another row.
 *
 * @module
 */

import type { Figures, Row, Target } from "./row.ts";

const atMost = (value: number): Target => ({ bound: "at-most", value });

/** Every row, in the order of the table. */
export const ROWS: readonly Row[] = [
  {
    name: "start-actor",
    what: "start an actor until its portal answers",
    baseline: "new Worker to first message",
    unit: "ratio",
    target: atMost(1.8),
    measure: from(() => import("./rows/start_actor.ts")),
  },
  {
    name: "portal-run",
    what: "portal.run round trip",
    baseline: "postMessage echo",
    unit: "ratio",
    target: atMost(1.3),
    measure: from(() => import("./rows/portal_run.ts")),
  },
  {
    name: "stream",
    what: "rate of a one-way stream of small messages",
    baseline: "pipelined postMessage",
    unit: "ratio",
    target: { bound: "at-least", value: 0.7 },
    measure: from(() => import("./rows/stream.ts")),
  },
  {
    name: "spawn-10k",
    what: "10,000 tasks: spawn, sleep(0), join",
    baseline: "Effect.all unbounded, Effect.sleep(0)",
    unit: "ratio",
    target: atMost(1.0),
    measure: from(() => import("./rows/spawn_10k.ts")),
  },
  {
    name: "cancel-10k",
    what: "cancel 10,000 parked tasks and join them",
    baseline: "Effection halt()",
    unit: "ratio",
    target: atMost(0.1),
    measure: from(() => import("./rows/cancel_10k.ts")),
  },
  {
    name: "teardown-tree",
    what: "tear down a healthy tree of depth 3 and breadth 2",
    baseline: "the same 14 actors at depth 1",
    unit: "ratio",
    target: atMost(2.0),
    measure: from(() => import("./rows/teardown_tree.ts")),
  },
  {
    name: "reap-stuck",
    what: "reap a stuck worker: hard-kill decision to thread gone",
    baseline: "terminate() of an idle worker",
    unit: "ratio",
    target: atMost(3),
    measure: from(() => import("./rows/reap_stuck.ts")),
  },
  {
    name: "mass-abandon",
    what: "tear down a pool of 25 stuck actors",
    baseline: "the same with one",
    unit: "ratio",
    target: atMost(1.3),
    measure: from(() => import("./rows/mass_abandon.ts")),
  },
  {
    name: "dump-32",
    what: "full dump of 32 isolates of which 8 are stuck",
    baseline: "the same of 1 isolate",
    unit: "ratio",
    target: atMost(6),
    measure: from(() => import("./rows/dump_32.ts")),
  },
  {
    name: "snapshot-10k-ms",
    what: "snapshot of 10,000 parked tasks, the first one of a process",
    baseline: "(absolute)",
    unit: "ms",
    target: atMost(100),
    measure: from(() => import("./rows/snapshot_10k.ts")),
  },
  {
    name: "proof-ms",
    what: "from the last move to the proof of a hang, the slowest scenario",
    baseline: "(absolute)",
    unit: "ms",
    target: atMost(100),
    measure: from(() => import("./rows/proof.ts")),
  },
  {
    name: "repro-happy",
    what: "unwedge repro happy, the whole process",
    baseline: "deno run of an empty file",
    unit: "ratio",
    target: atMost(10),
    measure: from(() => import("./rows/repro_happy.ts")),
  },
];

function from(load: () => Promise<{ measure: () => Promise<Figures> }>): () => Promise<Figures> {
  return async () => (await load()).measure();
}
