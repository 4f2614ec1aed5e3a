/**
 * What `diagnose` found: what was tried on copies of one hang, what came of each, and the cause that this confirms.
 * Part of the result document, at the attempt that was diagnosed. Times in milliseconds.
 *
 * @module
 */

import { z } from "zod";
import { actionSchema, clocksSchema } from "./action.ts";
import { peerStateSchema } from "./dump.ts";
import type { Read } from "./read.ts";

const why = z.string();

/** One link of the chain of waits, from the nursery that teardown waits for down to what never comes. */
const chainStepSchema = z.object({
  actor: z.string(),
  // `#4 loop of root<->root/stuck`; null where no task waits (a lock that main blocks on).
  task: z.string().nullable(),
  // What it waits for, as in the dump: `join`, `recv`, `shared-lock`; `none` for one that runs or spins.
  kind: z.string(),
  resource: z.string(),
  peer: z.string().nullable(),
  peerState: peerStateSchema.nullable(),
  shielded: z.boolean(),
});

/** What came of trying something on a copy of the hang. */
const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("applied"),
    // One line for each thing that was done, as the runtime, or the harness, says.
    did: z.array(z.string()),
    // Each counted from the action that stopped it.
    clocks: clocksSchema,
    tasksLeft: z.array(z.string()),
    // How long the effect was waited for.
    watchedMs: z.number(),
  }),
  // There was nothing it could be applied to.
  z.object({ kind: z.literal("nothing-to-do"), why }),
  z.object({ kind: z.literal("failed"), why }),
  // The copy did not come to the same hang, so nothing can be said.
  z.object({ kind: z.literal("void"), why }),
  z.object({ kind: z.literal("not-tried"), why }),
]);

/** One thing that was tried: an action, or the smallest pair of them that was worth trying. */
export const trialSchema = z.object({
  // `Ctrl-C`, `channel-abort`, `channel-abort + reap`, `cancel report`.
  name: z.string(),
  // In the order in which they were applied.
  actions: z.array(actionSchema),
  // Directory of the copy, relative to the run directory; `.` for the first run itself.
  where: z.string(),
  outcome: outcomeSchema,
});

const ofClass = { class: z.string(), because: z.array(z.string()) };

/** Whether the remedies agree with the class that the evidence named. */
const confirmationSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("confirmed"), ...ofClass }),
  // What was tried contradicts the class.
  z.object({ kind: z.literal("conflict"), ...ofClass }),
  // Nothing speaks against it, and what would confirm it has not been seen.
  z.object({ kind: z.literal("unconfirmed"), ...ofClass }),
]);

/** A diagnosis. */
export const diagnosisSchema = z.object({
  chain: z.array(chainStepSchema),
  // Least invasive to try first.
  trials: z.array(trialSchema),
  // The names of the smallest trials with which the nursery joined, and with which the process went too.
  smallest: z.object({ nursery: z.string().nullable(), process: z.string().nullable() }),
  // The cause in one sentence; null when no chain of waits could be seen.
  cause: z.string().nullable(),
  // What each of the other trials that helped hides, one sentence each.
  masks: z.array(z.string()),
  // Why nothing ends the process, when nothing does.
  lost: z.string().nullable(),
  confirmation: confirmationSchema,
  // How many copies were run, and how long it all took, the first run included.
  replicas: z.number().int(),
  wallMs: z.number(),
});

/** One link of the chain of waits. */
export type ChainStep = Read<typeof chainStepSchema>;
/** What came of trying something. */
export type TrialOutcome = Read<typeof outcomeSchema>;
/** One thing that was tried. */
export type Trial = Read<typeof trialSchema>;
/** Whether the remedies agree with the class. */
export type Confirmation = Read<typeof confirmationSchema>;
/** A diagnosis. */
export type DiagnosisReport = Read<typeof diagnosisSchema>;
