/**
 * Schema of the result document; field by field the types of `result.ts`.
 *
 * @module
 */

import { z } from "zod";
import { actionReportSchema } from "./action.ts";
import { diagnosisSchema } from "./diagnosis.ts";
import { dumpSchema, frameSchema } from "./dump.ts";

const ms = z.number();
const nullableMs = ms.nullable();

/** What was seen of one attempt. */
export const verdictSchema = z.enum([
  "finished",
  "leaked",
  "hung",
  "failed",
  "crashed",
  "interrupted",
]);

/** Whose problem a hang is. */
export const ownerSchema = z.enum(["supervisor", "program", "platform"]);

/** The three clocks. */
export const clocksSchema = z.object({
  nurseryJoinedMs: nullableMs,
  threadsGoneMs: nullableMs,
  processExitedMs: nullableMs,
});

/** The names of the ladder's rungs. */
export const rungSchema = z.enum(["soft-kill", "hard-kill", "abandon", "reap"]);

/** The tool that wrote the document. */
export const toolSchema = z.object({
  version: z.string(),
  deno: z.string(),
  v8: z.string(),
  os: z.string(),
  arch: z.string(),
});

/** Counts over all attempts. */
export const totalsSchema = z.object({
  selected: z.number().int(),
  finished: z.number().int(),
  leaked: z.number().int(),
  hung: z.number().int(),
  failed: z.number().int(),
  crashed: z.number().int(),
  matched: z.number().int(),
  mismatched: z.number().int(),
  faults: z.number().int().default(0),
  skipped: z.number().int().default(0),
});

const certificateSchema = z.object({
  caught: z.boolean(),
  nothingPending: z.boolean(),
  blockingFrame: frameSchema.nullable(),
  handledAfterFreeMs: nullableMs,
  freedBy: z.string().nullable(),
});

const sigintSchema = z.object({
  sentMs: ms,
  actedMs: nullableMs,
  by: z.enum(["sentinel", "kernel"]).exactOptional(),
  unwedged: z.boolean(),
  joinedMs: nullableMs,
  unsure: z.string().exactOptional(),
  certificate: certificateSchema.nullable(),
});

const proofPathSchema = z.array(z.object({
  actor: z.string(),
  task: z.string(),
  kind: z.string(),
  resource: z.string(),
  peer: z.string().nullable(),
  shielded: z.boolean(),
}));

const proofSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("proven"),
    proof: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("cycle"), path: proofPathSchema, entry: z.number().int() }),
      z.object({ kind: z.literal("dead-end"), path: proofPathSchema, because: z.string() }),
    ]),
    quietMs: ms,
    provenMs: ms,
  }),
  z.object({ kind: z.literal("not-provable"), reasons: z.array(z.string()) }),
]);

const attemptSchema = z.object({
  verdict: verdictSchema,
  proven: z.boolean(),
  proof: proofSchema.nullable().optional(),
  class: z.string().nullable(),
  owner: ownerSchema.nullable(),
  missing: z.array(z.string()),
  remedies: z.array(z.string()),
  deadlineMs: ms,
  clocks: clocksSchema,
  ladder: z.array(z.object({
    actor: z.string(),
    rung: rungSchema,
    askedMs: ms,
    ackedMs: nullableMs,
    effect: z.string().nullable(),
    effectMs: nullableMs,
  })),
  sigint: sigintSchema.nullable(),
  loop: z.object({ beats: z.number().int(), lastBeatMs: nullableMs, maxGapMs: ms }),
  evidence: z.array(
    z.object({ kind: z.string(), detail: z.string(), ref: z.string().nullable() }),
  ),
  leftovers: z.array(z.string()),
  dump: dumpSchema.nullable(),
  timeline: z.array(
    z.object({ atMs: ms, actor: z.string(), event: z.string(), detail: z.string() }),
  ),
  outputTail: z.object({ stdout: z.string(), stderr: z.string() }),
  subjectExit: z.string().nullable(),
  actions: z.array(actionReportSchema).optional(),
  diagnosis: diagnosisSchema.optional(),
});

// What has been added to @1 since has a default: an older document is still one of @1.
const scenarioSchema = z.object({
  name: z.string(),
  file: z.string(),
  summary: z.string(),
  expected: z.object({
    verdict: verdictSchema,
    class: z.string().nullable(),
    owner: ownerSchema.nullable().default(null),
    ctrlC: z.enum(["unwedges", "ignored", "in-vain", "not-needed"]).default("not-needed"),
    proven: z.boolean().nullable().optional(),
    withRemedies: z.object({
      verdict: verdictSchema,
      class: z.string().nullable(),
      owner: ownerSchema.nullable(),
    }).nullable().default(null),
  }),
  fixedBy: z.array(z.string()).default([]),
  set: z.record(z.string(), z.string()).optional(),
  attempts: z.array(attemptSchema),
  runs: z.array(z.object({ dir: z.string(), durationMs: ms })).default([]),
});

const unjudgedSchema = z.object({
  kind: z.enum(["fault", "skipped"]),
  scenario: z.string(),
  scenarioFile: z.string(),
  remedies: z.array(z.string()),
  set: z.record(z.string(), z.string()).optional(),
  message: z.string(),
  file: z.string().nullable(),
  line: z.number().int().nullable(),
});

/** The result document. */
export const resultSchema = z.object({
  schema: z.literal("unwedge/result@1"),
  tool: toolSchema,
  run: z.object({
    id: z.string(),
    startedAt: z.iso.datetime(),
    durationMs: ms,
    argv: z.array(z.string()),
    seed: z.number(),
    shard: z.string().nullable(),
    partial: z.boolean(),
    interruptedBy: z.string().nullable(),
    exitCode: z.number().int(),
    verb: z.string().default("repro"),
    replayFlags: z.array(z.string()).default([]),
    waits: z.object({ chainMs: ms, chain: z.string(), wallMs: ms }).nullable().default(null),
  }),
  totals: totalsSchema,
  scenarios: z.array(scenarioSchema),
  unjudged: z.array(unjudgedSchema).default([]),
});
