/**
 * Schema of what was done to a hung subject from outside; the types of `action.ts`.
 *
 * @module
 */

import { z } from "zod";

const nullableMs = z.number().nullable();

/** One action. */
export const actionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sigint") }),
  z.object({ kind: z.literal("remedy"), remedy: z.string() }),
  z.object({ kind: z.literal("cancel-root") }),
  z.object({ kind: z.literal("cancel-task"), actor: z.string(), task: z.number().int() }),
  z.object({ kind: z.literal("abort-channel"), actor: z.string(), channel: z.string() }),
  z.object({ kind: z.literal("reap"), actor: z.string() }),
]);

/** Which clocks stopped after it. */
export const actionClocksSchema = z.object({
  nurseryJoinedMs: nullableMs,
  threadsGoneMs: nullableMs,
  processExitedMs: nullableMs,
});

/** One action with its effect. */
export const actionReportSchema = z.object({
  action: actionSchema,
  atMs: z.number(),
  effect: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("applied"), did: z.array(z.string()) }),
    z.object({ kind: z.literal("nothing-to-do"), why: z.string() }),
    z.object({ kind: z.literal("failed"), why: z.string() }),
  ]),
  tasksLeft: z.array(z.string()),
  clocks: actionClocksSchema,
  unwedged: z.boolean(),
  unsure: z.string().exactOptional(),
  watchedMs: z.number(),
});
