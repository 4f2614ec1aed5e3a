/** Schema of the matrix; field by field the types of `matrix.ts`. @module */

import { z } from "zod";
import { resultSchema, verdictSchema } from "./result.ts";

const { tool, run, unjudged } = resultSchema.shape;

/** What `matrix --format json` prints. */
export const matrixSchema = z.object({
  schema: z.literal("unwedge/matrix@1"),
  tool,
  run,
  remedies: z.array(z.string()),
  rows: z.array(z.object({
    scenario: z.string(),
    file: z.string(),
    declared: z.array(z.string()),
    smallest: z.array(z.string()).nullable(),
    cells: z.array(z.object({
      remedies: z.array(z.string()),
      verdict: verdictSchema,
      class: z.string().nullable(),
      teardownMs: z.number().nullable(),
      joinedMs: z.number().nullable(),
      asDeclared: z.boolean().nullable(),
    })),
  })),
  unjudged,
});
