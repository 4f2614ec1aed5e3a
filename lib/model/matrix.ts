/** The matrix `unwedge/matrix@1`: each scenario against sets of remedies, and the smallest that was enough. @module */

import { z } from "zod";
import type { Read } from "./read.ts";
import { resultSchema, verdictSchema } from "./result.ts";

const { tool, run, unjudged } = resultSchema.shape;

/** One scenario with one set of remedies. */
const cellSchema = z.object({
  remedies: z.array(z.string()),
  verdict: verdictSchema,
  class: z.string().nullable(),
  // When teardown was over; null when it never was.
  teardownMs: z.number().nullable(),
  // When the nursery had joined, which a leak does too; null when it never did.
  joinedMs: z.number().nullable(),
  asDeclared: z.boolean().nullable(),
});

/** One scenario. */
const rowSchema = z.object({
  scenario: z.string(),
  file: z.string(),
  declared: z.array(z.string()),
  // The smallest set that is enough, or null when none is known to be.
  smallest: z.array(z.string()).nullable(),
  cells: z.array(cellSchema),
});

/** What `matrix --format json` prints. */
export const matrixSchema = z.object({
  schema: z.literal("unwedge/matrix@1"),
  tool,
  run,
  remedies: z.array(z.string()),
  rows: z.array(rowSchema),
  unjudged,
});

/** One scenario with one set of remedies. */
export type MatrixCell = Read<typeof cellSchema>;
/** One scenario. */
export type MatrixRow = Read<typeof rowSchema>;
/** The whole. */
export type Matrix = Read<typeof matrixSchema>;
