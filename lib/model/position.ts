/** Places in the code of a program. @module */

import { z } from "zod";
import type { Read } from "./read.ts";

/** A TypeScript position; line and column are 1-based. */
export const positionSchema = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
});

/** One frame of a V8 stack, mapped to TypeScript where a source map was found. */
export const frameSchema = z.object({
  ...positionSchema.shape,
  fn: z.string(),
  // Inside Deno or inside unwedge's runtime, as opposed to the scenario or the user's code.
  internal: z.boolean(),
});

/** A TypeScript position. */
export type Position = Read<typeof positionSchema>;
/** One frame of a stack. */
export type StackFrame = Read<typeof frameSchema>;
