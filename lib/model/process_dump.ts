/**
 * What `dump` shows of a program that was never prepared: its isolates, what each one runs, and what its async functions
 * wait for. Names, types, paths and positions of the program are in it; values of its variables and strings are not.
 *
 * @module
 */

import { z } from "zod";
import { awaitNodeSchema } from "./await_node.ts";
import { outsideSchema } from "./dump.ts";
import { handleSchema } from "./open_handle.ts";
import { frameSchema } from "./position.ts";
import type { Read } from "./read.ts";
import { memoryWaitSchema, webLockSchema } from "./shared.ts";

const ms = z.number();

/** What a heap snapshot of an isolate gave. */
const heapSchema = z.object({
  snapshotBytes: z.number(),
  // How long the isolate stood still for it.
  tookMs: ms,
  nodes: z.number().int(),
  // Async functions and async generators that are suspended, those of the runtime included.
  suspended: z.number().int(),
  // Whether its pending promises were kept from its start: else waits may be missing that V8 has collected. Absent in
  // older documents.
  kept: z.boolean().exactOptional(),
  // Where the snapshot is kept; absent where it is not.
  file: z.string().exactOptional(),
});

const isolateSchema = z.object({
  // `main`, `worker-N`, or `file` for a snapshot that was read from a file.
  id: z.string(),
  kind: z.enum(["main", "worker", "unknown"]),
  // Script of a worker, where it is known.
  url: z.string().nullable(),
  // Name of a worker, where the program gave it one.
  name: z.string().exactOptional(),
  // Of a worker: its module is still loading or evaluating; has come to its end; or main has called terminate(), and its
  // thread lives on. Absent where it cannot be told.
  life: z.enum(["booting", "ready", "terminated"]).exactOptional(),
  // `unknown` in a file.
  state: z.enum(["busy", "parked", "native-blocked", "gone", "unknown"]),
  thread: z.object({
    tid: z.number().int(),
    state: z.string(),
    wchan: z.string().nullable(),
    // Processor time between two looks, in clock ticks (1/100 s); absent in older documents.
    cpuTicks: z.number().exactOptional(),
  }).nullable(),
  // Stacks at several moments; empty when nothing ran.
  samples: z.array(z.object({ atMs: ms, frames: z.array(frameSchema) })),
  heap: heapSchema.nullable(),
  awaits: z.array(awaitNodeSchema),
});

/** `dump --json`. */
export const processDumpSchema = z.object({
  schema: z.literal("unwedge/process-dump@1"),
  target: z.object({
    kind: z.enum(["process", "file"]),
    pid: z.number().int().nullable(),
    // `deno 2.9.6`; null when it was not told.
    runtime: z.string().nullable(),
    file: z.string().nullable(),
  }),
  complete: z.boolean(),
  // What could not be seen, with the reason.
  missing: z.array(z.object({ what: z.string(), why: z.string() })),
  isolates: z.array(isolateSchema),
  // Processes that it has started and its TCP sockets; null where /proc does not tell.
  outside: outsideSchema.nullable(),
  // What is open in isolates that were idle; the others were not asked.
  handles: z.array(handleSchema),
  // Absent where no isolate was idle, and in older documents.
  locks: z.array(webLockSchema).exactOptional(),
  // Isolates in `Atomics.wait`; absent in older documents.
  memoryWaits: z.array(memoryWaitSchema).exactOptional(),
  // The port that this dump opened in the target, and that stays open there; null when none was opened, or it was closed again.
  openedPort: z.number().int().nullable(),
  tookMs: ms,
});

export type { AwaitNode, Settler } from "./await_node.ts";
export type { MemoryWait, WebLock } from "./shared.ts";
/** One isolate of a program that was not prepared. */
export type ProcessIsolate = Read<typeof isolateSchema>;
/** What the heap snapshot of an isolate gave. */
export type HeapFacts = Read<typeof heapSchema>;
/** A dump of a program that was not prepared. */
export type ProcessDump = Read<typeof processDumpSchema>;
