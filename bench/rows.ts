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
];

function from(load: () => Promise<{ measure: () => Promise<Figures> }>): () => Promise<Figures> {
  return async () => (await load()).measure();
}
