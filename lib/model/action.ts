/** Something that was done from outside to a subject that hangs, and what came of it. @module */

import { z } from "zod";
import type { Read } from "./read.ts";

const nullableMs = z.number().nullable();

/** What can be done to a hung subject. `actor` is a path, `task` a number as in the dump's `<actor>#<number>`. */
export const actionSchema = z.discriminatedUnion("kind", [
  // A real SIGINT to the subject.
  z.object({ kind: z.literal("sigint") }),
  // One remedy, everywhere it applies.
  z.object({ kind: z.literal("remedy"), remedy: z.string() }),
  // Cancels the root task of the root actor.
  z.object({ kind: z.literal("cancel-root") }),
  z.object({ kind: z.literal("cancel-task"), actor: z.string(), task: z.number().int() }),
  z.object({ kind: z.literal("abort-channel"), actor: z.string(), channel: z.string() }),
  // Really ends the thread of one actor.
  z.object({ kind: z.literal("reap"), actor: z.string() }),
]);

/** Which of the three clocks stopped, in milliseconds after something; null when they have not. */
export const clocksSchema = z.object({
  nurseryJoinedMs: nullableMs,
  threadsGoneMs: nullableMs,
  processExitedMs: nullableMs,
});

/** One action and its effect. Times in milliseconds. */
export const actionReportSchema = z.object({
  action: actionSchema,
  // After teardown was requested.
  atMs: z.number(),
  // What the runtime, or the harness, says that it did. Whether it helped is in `clocks`.
  effect: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("applied"), did: z.array(z.string()) }),
    z.object({ kind: z.literal("nothing-to-do"), why: z.string() }),
    z.object({ kind: z.literal("failed"), why: z.string() }),
  ]),
  // Tasks that were parked before it and are gone, or wait for something else: `<actor>#<n> name`.
  tasksLeft: z.array(z.string()),
  // After the action.
  clocks: clocksSchema,
  // Whether the nursery had not joined before it, and joined because of it.
  unwedged: z.boolean(),
  // Why a join after it may have come by itself all the same; absent when nothing says so.
  unsure: z.string().exactOptional(),
  // Why it is not known that nothing came of it: it was not waited for long enough. Absent when it is known.
  unseen: z.string().exactOptional(),
  // How long its effect was waited for.
  watchedMs: z.number(),
});

/** What can be done to a hung subject. */
export type Action = Read<typeof actionSchema>;
/** The three clocks. */
export type Clocks = Read<typeof clocksSchema>;
/** One action and its effect. */
export type ActionReport = Read<typeof actionReportSchema>;
