/**
 * What `dump` shows of a program that was never prepared: its isolates, what each one runs, and what its async functions
 * wait for. Names, types, paths and positions of the program are in it; values of its variables and strings are not.
 *
 * @module
 */

import { z } from "zod";
import { frameSchema, positionSchema } from "./dump.ts";
import type { Read } from "./read.ts";

const ms = z.number();

/** One place from which a promise could be settled. */
const settlerSchema = z.object({
  // What the path begins at: a variable of a module, a global, a timer, an operation of the runtime that is under way, a
  // local of a suspended function, a handler of an event target, a handler of another promise (which is then what is
  // waited for), native code.
  by: z.enum([
    "variable",
    "global",
    "timer",
    "operation",
    "local",
    "listener",
    "reaction",
    "native",
  ]),
  // From that name to the function that settles: `pending (Map) > entry.resolve`; of a listener the target and the event.
  path: z.string(),
  // The script that the first name of the path belongs to; null when it is not known.
  file: z.string().nullable(),
  does: z.enum(["resolve", "reject", "settle"]),
  // Of a timer: how long it was set for; null where it is none, or not known.
  timerMs: ms.nullable(),
});

/** What an async function, or a promise, waits for. Identical ones are one node with a count. */
const awaitNodeSchema = z.object({
  kind: z.enum([
    // A suspended async function, async generator or module.
    "function",
    // A promise that `then`, `catch` or `finally` returned.
    "then",
    "finally",
    // Combinators, over those that are pending.
    "all",
    "allSettled",
    "any",
    "race",
    // A promise that nothing in JavaScript settles by itself: see `settlers`.
    "promise",
    // A promise that belongs to the evaluation of a module.
    "module",
    // A function that stands further up in the same branch: a cycle.
    "cycle",
    // What it waited for is settled, or gone.
    "nothing",
    // The branch goes on, deeper than is shown.
    "deeper",
  ]),
  // How many identical ones this stands for.
  count: z.number().int(),
  // Of a function or handler; empty when it has none.
  name: z.string(),
  what: z.enum(["async function", "async generator", "module"]).optional(),
  position: positionSchema.nullable(),
  // The await at which a function is suspended; where it begins; or the await at which those of the same function stand
  // that wait for the same and were asked (not all of very many are).
  positionOf: z.enum(["await", "function", "sample"]).optional(),
  // Inside Deno or Node.
  internal: z.boolean(),
  settlers: z.array(settlerSchema).optional(),
  get awaits() {
    return z.array(awaitNodeSchema);
  },
});

/** What a heap snapshot of an isolate gave. */
const heapSchema = z.object({
  snapshotBytes: z.number(),
  // How long the isolate stood still for it.
  tookMs: ms,
  nodes: z.number().int(),
  // Async functions and async generators that are suspended, those of the runtime included.
  suspended: z.number().int(),
});

const isolateSchema = z.object({
  // `main`, `worker-N`, or `file` for a snapshot that was read from a file.
  id: z.string(),
  kind: z.enum(["main", "worker", "unknown"]),
  // Script of a worker, where it is known.
  url: z.string().nullable(),
  // `unknown` in a file.
  state: z.enum(["busy", "parked", "native-blocked", "gone", "unknown"]),
  thread: z.object({ tid: z.number().int(), state: z.string(), wchan: z.string().nullable() })
    .nullable(),
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
  // What keeps the process alive, as far as it can be seen, in words.
  keeps: z.array(z.string()),
  // The port that this dump opened in the target, and that stays open there; null when none was opened.
  openedPort: z.number().int().nullable(),
  tookMs: ms,
});

/** One place from which a promise could be settled. */
export type Settler = Read<typeof settlerSchema>;
/** A node of an await tree. */
export type AwaitNode = Read<typeof awaitNodeSchema>;
/** One isolate of a program that was not prepared. */
export type ProcessIsolate = Read<typeof isolateSchema>;
/** What the heap snapshot of an isolate gave. */
export type HeapFacts = Read<typeof heapSchema>;
/** A dump of a program that was not prepared. */
export type ProcessDump = Read<typeof processDumpSchema>;
