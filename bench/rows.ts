/** The speed table: what is promised, against what. A row is measured in the file of its name. @module */

import type { Figures } from "./measure.ts";
import type { Row, Target } from "./row.ts";

const atMost = (value: number): Target => ({ bound: "at-most", value });

/** Every row, in the order of the table. */
export const ROWS: readonly Row[] = [
  {
    name: "start-actor",
    what: "start an actor until its portal answers",
    baseline: "new Worker to first message",
    target: atMost(1.8),
  },
  {
    name: "start-spare",
    what: "the same with a spare worker ready (runActors with spare: 1)",
    baseline: "new Worker to first message",
    target: atMost(1.1),
  },
  {
    name: "portal-run",
    what: "portal.run round trip",
    baseline: "postMessage echo",
    target: atMost(1.3),
  },
  {
    name: "echo-1mb",
    what: "portal.run with 1 MB there and back, the slowest of text, bytes, objects",
    baseline: "postMessage echo",
    target: atMost(1.2),
  },
  {
    name: "echo-10mb",
    what: "portal.run with 10 MB there and back, the slowest of text, bytes, objects",
    baseline: "postMessage echo",
    target: atMost(1.2),
  },
  {
    name: "stream",
    what: "rate of a one-way stream of small messages",
    baseline: "pipelined postMessage",
    target: { bound: "at-least", value: 0.7 },
  },
  {
    name: "spawn-10k",
    what: "10,000 tasks: spawn, sleep(0), join",
    baseline: "Effect.all unbounded, Effect.sleep(0)",
    target: atMost(1.0),
  },
  {
    name: "cancel-10k",
    what: "cancel 10,000 parked tasks and join them",
    baseline: "Effection halt()",
    target: atMost(0.1),
  },
  {
    name: "teardown-tree",
    what: "tear down a healthy tree of depth 3 and breadth 2",
    baseline: "the same 14 actors at depth 1",
    target: atMost(2.0),
  },
  {
    name: "teardown-64",
    what: "tear down 64 healthy actors, none of them by force",
    baseline: "64 raw workers that close themselves",
    target: atMost(1.5),
  },
  {
    name: "teardown-96",
    what: "tear down 96 healthy actors, none of them by force",
    baseline: "the same of 16: 6 is linear",
    target: atMost(7),
  },
  {
    name: "reap-stuck",
    what: "reap a stuck worker: hard-kill decision to thread gone",
    baseline: "terminate() of an idle worker",
    target: atMost(3),
  },
  {
    name: "mass-abandon",
    what: "tear down a pool of 25 stuck actors",
    baseline: "the same with one",
    target: atMost(1.3),
  },
  {
    name: "parked-task-bytes",
    what: "memory of a task that waits, of 20,000",
    baseline: "(absolute)",
    target: atMost(900),
  },
  {
    name: "dump-32",
    what: "full dump of 32 isolates of which 8 are stuck",
    baseline: "the same of 1 isolate",
    target: atMost(6),
  },
  {
    name: "snapshot-10k-ms",
    what: "snapshot of 10,000 parked tasks, the first one of a process",
    baseline: "(absolute)",
    target: atMost(100),
  },
  {
    name: "proof-ms",
    what: "from the last move to the proof of a hang, the slowest scenario",
    baseline: "(absolute)",
    target: atMost(100),
  },
  {
    name: "repro-happy",
    what: "unwedge repro happy, the whole process",
    baseline: "deno run of an empty file",
    target: atMost(10),
  },
];

/** Measures a row, in its own file: so a row's process holds nothing that belongs to another row. */
export async function measure({ name }: Row): Promise<Figures> {
  const file = new URL(`rows/${name.replaceAll("-", "_")}.ts`, import.meta.url).href;
  return await (await import(file)).measure();
}
