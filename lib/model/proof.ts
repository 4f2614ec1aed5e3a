/** What a proof that a teardown never ends says. @module */

import { z } from "zod";
import type { Read } from "./read.ts";

/** One step of the path: a task, and what it waits for. */
const stepSchema = z.object({
  // Path of the actor.
  actor: z.string(),
  // `#5 transfer`.
  task: z.string(),
  // Kind of the wait: `rpc`, `lock`, `join`.
  kind: z.string(),
  resource: z.string(),
  peer: z.string().nullable(),
  // A shield stands between the wait and some cancel further out.
  shielded: z.boolean(),
});

/** Why a teardown never ends: each step waits for the next. */
const proofOfHangSchema = z.discriminatedUnion("kind", [
  // The last step waits for the one at index `entry`.
  z.object({ kind: z.literal("cycle"), path: z.array(stepSchema), entry: z.number().int() }),
  // No task is left that could end the last wait, and why.
  z.object({ kind: z.literal("dead-end"), path: z.array(stepSchema), because: z.string() }),
]);

/** What came of trying to prove a hang. Times in milliseconds after teardown was requested. */
export const proofSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("proven"),
    proof: proofOfHangSchema,
    // When the last thing moved.
    quietMs: z.number(),
    // When it was proven.
    provenMs: z.number(),
  }),
  z.object({ kind: z.literal("not-provable"), reasons: z.array(z.string()) }),
]);

/** One step of the path. */
export type ProofStep = Read<typeof stepSchema>;
/** Why a teardown never ends. */
export type Proof = Read<typeof proofOfHangSchema>;
/** What came of trying to prove a hang. */
export type ProofReport = Read<typeof proofSchema>;
