/** What an async function waits for, as a tree read from a heap. Times in milliseconds. @module */

import { z } from "zod";
import { positionSchema } from "./position.ts";
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

/** A local of a suspended function. */
const localValueSchema = z.object({
  name: z.string(),
  // A string in quotes, a number, …; of an object its class. Cut at 80 characters.
  text: z.string(),
});

/** What an async function, or a promise, waits for. Identical ones are one node with a count. */
export const awaitNodeSchema = z.object({
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
  // Of a promise: the line that made it, where that was kept.
  position: positionSchema.nullable(),
  // The await at which a function is suspended; where it begins; or the await at which those of the same function stand
  // that wait for the same and were asked (not all of very many are).
  positionOf: z.enum(["await", "function", "sample"]).optional(),
  // Proven to stay pending: nothing that the program can still get at settles it, or what a function waits for. Only of
  // processes whose pending promises were kept from their start.
  proven: z.boolean().optional(),
  // Of a promise that is proven to stay pending: functions that hold what would settle it and wait for it themselves,
  // the nearest first, three at most. Absent where there are none.
  heldBy: z.array(z.object({ name: z.string(), position: positionSchema.nullable() }))
    .exactOptional(),
  // Of a function: one of its parameters or locals is a signal that has been aborted. Absent where none is.
  aborted: z.boolean().exactOptional(),
  // Of a function of a test runner: the test that it awaits, by its name and those of what is around it, the outermost
  // first. Absent of every other function, and where the name is not known.
  test: z.array(z.string()).exactOptional(),
  // Of a function, where they were asked for: its parameters and locals, those of one where it stands for several.
  values: z.array(localValueSchema).exactOptional(),
  // Inside Deno or Node.
  internal: z.boolean(),
  settlers: z.array(settlerSchema).optional(),
  get awaits() {
    return z.array(awaitNodeSchema);
  },
});

/** One place from which a promise could be settled. */
export type Settler = Read<typeof settlerSchema>;
/** A local of a suspended function, with its value in a few characters. */
export type LocalValue = Read<typeof localValueSchema>;
/** A node of an await tree. */
export type AwaitNode = Read<typeof awaitNodeSchema>;
