/**
 * Schema of a diagnosis; the types of `diagnosis.ts`.
 *
 * @module
 */

import { z } from "zod";
import { actionClocksSchema, actionSchema } from "./action.ts";

const why = z.string();

const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("applied"),
    did: z.array(z.string()),
    clocks: actionClocksSchema,
    tasksLeft: z.array(z.string()),
    watchedMs: z.number(),
  }),
  z.object({ kind: z.literal("nothing-to-do"), why }),
  z.object({ kind: z.literal("failed"), why }),
  z.object({ kind: z.literal("void"), why }),
  z.object({ kind: z.literal("not-tried"), why }),
]);

/** One thing that was tried. */
export const trialSchema = z.object({
  name: z.string(),
  actions: z.array(actionSchema),
  where: z.string(),
  outcome: outcomeSchema,
});

const confirmed = { class: z.string(), because: z.array(z.string()) };

/** A diagnosis. */
export const diagnosisSchema = z.object({
  chain: z.array(z.object({
    actor: z.string(),
    task: z.string().nullable(),
    kind: z.string(),
    resource: z.string(),
    peer: z.string().nullable(),
    peerState: z.enum(["alive", "dead", "abandoned"]).nullable(),
    shielded: z.boolean(),
  })),
  trials: z.array(trialSchema),
  smallest: z.object({ nursery: z.string().nullable(), process: z.string().nullable() }),
  cause: z.string().nullable(),
  masks: z.array(z.string()),
  lost: z.string().nullable(),
  confirmation: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("confirmed"), ...confirmed }),
    z.object({ kind: z.literal("conflict"), ...confirmed }),
    z.object({ kind: z.literal("unconfirmed"), ...confirmed }),
  ]),
  replicas: z.number().int(),
  wallMs: z.number(),
});
