/**
 * Schema of one line of the event stream; variant by variant the types of `stream_event.ts`.
 *
 * @module
 */

import { z } from "zod";
import { trialSchema } from "./diagnosis.ts";
import { actionReportSchema, actionSchema } from "./action.ts";
import {
  clocksSchema,
  ownerSchema,
  rungSchema,
  toolSchema,
  totalsSchema,
  verdictSchema,
} from "./result.ts";

const ms = z.number();

const envelope = {
  schema: z.literal("unwedge/event@1"),
  seq: z.number().int(),
  atMs: ms,
};

const sigintBy = z.enum(["sentinel", "kernel"]).exactOptional();

/** Every event of an attempt names it. */
const attempt = { ...envelope, attempt: z.number().int() };

/** One line of the stream. */
export const streamEventSchema = z.discriminatedUnion("type", [
  z.object({
    ...envelope,
    type: z.literal("run-started"),
    runId: z.string(),
    scenario: z.string(),
    seed: z.number(),
    remedies: z.array(z.string()),
    argv: z.array(z.string()),
    tool: toolSchema,
  }),
  z.object({
    ...attempt,
    type: z.literal("attempt-started"),
    scenario: z.string(),
    remedies: z.array(z.string()),
  }),
  z.object({
    ...attempt,
    type: z.literal("compared"),
    asDeclared: z.boolean().nullable(),
    differences: z.array(z.string()),
  }),
  z.object({ ...attempt, type: z.literal("replica-started"), where: z.string() }),
  z.object({ ...attempt, type: z.literal("trial"), trial: trialSchema }),
  z.object({
    ...attempt,
    type: z.literal("diagnosed"),
    class: z.string(),
    confirmation: z.enum(["confirmed", "conflict", "unconfirmed"]),
    cause: z.string().nullable(),
  }),
  z.object({ ...attempt, type: z.literal("subject-started"), pid: z.number().int() }),
  z.object({ ...attempt, type: z.literal("scenario-loaded"), name: z.string(), deadlineMs: ms }),
  z.object({ ...attempt, type: z.literal("teardown-requested"), why: z.string() }),
  z.object({
    ...attempt,
    type: z.literal("rung"),
    actor: z.string(),
    rung: rungSchema,
    step: z.enum(["asked", "acked", "effect"]),
    effect: z.string().nullable(),
  }),
  z.object({
    ...attempt,
    type: z.literal("clock"),
    which: z.enum(["nursery-joined", "threads-gone", "process-exited"]),
    afterMs: ms,
  }),
  z.object({
    ...attempt,
    type: z.literal("slow"),
    elapsedMs: ms,
    parked: z.array(z.string()),
  }),
  z.object({
    ...attempt,
    type: z.literal("deadline-passed"),
    deadlineMs: ms,
    joined: z.boolean(),
  }),
  z.object({ ...attempt, type: z.literal("dump-started") }),
  z.object({
    ...attempt,
    type: z.literal("dump-taken"),
    complete: z.boolean(),
    isolates: z.number().int(),
    tasks: z.number().int(),
    tookMs: ms,
  }),
  z.object({ ...attempt, type: z.literal("dump-failed"), why: z.string() }),
  z.object({ ...attempt, type: z.literal("sigint-sent") }),
  z.object({ ...attempt, type: z.literal("sigint-acted"), afterMs: ms, by: sigintBy }),
  z.object({ ...attempt, type: z.literal("sigint-ignored"), waitedMs: ms }),
  z.object({
    ...attempt,
    type: z.literal("main-freed"),
    how: z.string(),
    handledMs: ms.nullable(),
  }),
  z.object({ ...attempt, type: z.literal("proven"), afterMs: ms }),
  z.object({
    ...attempt,
    type: z.literal("standing"),
    because: z.enum(["deadline-passed", "proven", "interrupted"]),
  }),
  z.object({
    ...attempt,
    type: z.literal("resumed"),
    then: z.enum(["continue", "end", "kill", "stopped"]),
    stoodMs: ms,
  }),
  z.object({ ...attempt, type: z.literal("action-started"), action: actionSchema }),
  z.object({ ...attempt, type: z.literal("action-done"), report: actionReportSchema }),
  z.object({ ...attempt, type: z.literal("paused") }),
  z.object({ ...attempt, type: z.literal("continued"), pausedMs: ms }),
  z.object({ ...attempt, type: z.literal("ending"), why: z.string() }),
  z.object({
    ...attempt,
    type: z.literal("judged"),
    verdict: verdictSchema,
    class: z.string().nullable(),
    owner: ownerSchema.nullable(),
    proven: z.boolean(),
    clocks: clocksSchema,
  }),
  z.object({ ...attempt, type: z.literal("not-judged"), message: z.string() }),
  z.object({ ...envelope, type: z.literal("signal"), signal: z.string(), then: z.string() }),
  z.object({
    ...envelope,
    type: z.literal("run-finished"),
    totals: totalsSchema,
    partial: z.boolean(),
    exitCode: z.number().int(),
  }),
]);
