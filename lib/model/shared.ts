/** What isolates of one process have in common and wait for each other by: Web Locks, and words of shared memory. @module */

import { z } from "zod";
import { positionSchema } from "./position.ts";
import type { Read } from "./read.ts";

/** A Web Lock that is held, or that is waited for. */
export const webLockSchema = z.object({
  name: z.string(),
  mode: z.enum(["exclusive", "shared"]),
  state: z.enum(["held", "pending"]),
  // Null where it cannot be told which one it is.
  isolate: z.string().nullable(),
});

/** An isolate that stands in `Atomics.wait`. */
export const memoryWaitSchema = z.object({
  isolate: z.string(),
  // As the program calls the array; empty where that is no plain name.
  array: z.string(),
  type: z.string(),
  // The element that is waited for, and where it begins in the buffer; null where it could not be told.
  index: z.number().int().nullable(),
  byteOffset: z.number().int().nullable(),
  // Waits with the same number are on the same memory.
  buffer: z.number().int(),
  bufferBytes: z.number(),
  // Words that functions of its stack took before, by the same function in which it waits, and did not use again, as far
  // as their source tells. Absent where there are none.
  holds: z.array(z.object({
    buffer: z.number().int(),
    byteOffset: z.number().int().nullable(),
    fn: z.string(),
    at: positionSchema.nullable(),
  })).exactOptional(),
});

/** A Web Lock. */
export type WebLock = Read<typeof webLockSchema>;
/** An isolate in `Atomics.wait`. */
export type MemoryWait = Read<typeof memoryWaitSchema>;
