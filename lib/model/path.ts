/** Why a run does not get on: who waits for whom, from the task at the top down. @module */

import { z } from "zod";
import { positionSchema } from "./dump.ts";
import type { Read } from "./read.ts";

/** A task and what it waits for. */
const pathStepSchema = z.object({
  // Path of the actor.
  actor: z.string(),
  // `#5 transfer`; null for an actor whose isolate stands in code, so that none of its tasks can go on.
  task: z.string().nullable(),
  // Kind of the wait: `rpc`, `lock`, `join`; `unlabelled` for a promise without a name, `code` for an isolate that runs
  // or blocks.
  kind: z.string(),
  resource: z.string(),
  peer: z.string().nullable(),
  // A shield stands between the wait and some cancel further out.
  shielded: z.boolean(),
  // The line of the program that waits, null when there is none: unwedge's own tasks.
  at: positionSchema.nullable(),
  // The line of the program that made the task.
  spawnedAt: positionSchema.nullable(),
});

/** Each step waits for the next. */
export const pathSchema = z.discriminatedUnion("kind", [
  // The last step waits for the one at index `entry`.
  z.object({
    kind: z.literal("cycle"),
    entry: z.number().int(),
    because: z.string(),
    steps: z.array(pathStepSchema),
  }),
  // What is known of the last wait.
  z.object({
    kind: z.literal("dead-end"),
    because: z.string(),
    steps: z.array(pathStepSchema),
  }),
]);

/** A task and what it waits for. */
export type PathStep = Read<typeof pathStepSchema>;
/** Who waits for whom. */
export type HangPath = Read<typeof pathSchema>;
