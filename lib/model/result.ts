/**
 * The result document `unwedge/result@1`: what `--json` prints and `result.json` holds. Additive within @1: what was
 * added since has a default, so that an older document is still one of @1. Times in milliseconds.
 *
 * @module
 */

import { z } from "zod";
import { actionReportSchema, clocksSchema } from "./action.ts";
import { diagnosisSchema } from "./diagnosis.ts";
import { dumpSchema, frameSchema } from "./dump.ts";
import { pathSchema } from "./path.ts";
import { proofSchema } from "./proof.ts";
import type { Read } from "./read.ts";
import { watchedSchema } from "./watched.ts";

const ms = z.number();
const fileUrl = z.string().regex(/^file:\/\/\/[^\s]+$/, "must be the URL of a file");
/** A directory below the run directory, or elsewhere in a joined run, and never one above. */
const directory = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))/, "must not lead out of the run");
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

/**
 * How far a run came: its program was being loaded; it ran, and had not requested teardown; it was torn down.
 */
export const phaseSchema = z.enum(["start", "body", "teardown"]);

/** Whose bug a hang is: that of the code which tears children down, of the program, or of the platform. */
export const ownerSchema = z.enum(["supervisor", "program", "platform"]);

/** The names of the ladder's rungs. */
export const rungSchema = z.enum(["soft-kill", "hard-kill", "abandon", "reap"]);

/**
 * Who can act on a signal that main has not taken: a sentinel, or the kernel, where the program does not listen for it.
 * Both end the process, and say nothing of whether main's loop turns.
 */
export const sigintStandInSchema = z.enum(["sentinel", "kernel"]);

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

/** Four facts that together show that a signal was delivered and the loop was starved. */
const certificateSchema = z.object({
  // SigCgt has the bit: a handler is installed. Null, as the next, where /proc cannot be read.
  caught: z.boolean().nullable(),
  // Nothing pending in SigPnd or ShdPnd: the process has taken it.
  nothingPending: z.boolean().nullable(),
  // The frame that keeps main from turning, or null when none could be seen.
  blockingFrame: frameSchema.nullable(),
  // After main was freed, how long until the queued handler ran; null when it could not be freed or did not run.
  handledAfterFreeMs: nullableMs,
  // What was done to free main, in words.
  freedBy: z.string().nullable(),
});

/** The SIGINT probe. */
const sigintSchema = z.object({
  // After teardown was requested.
  sentMs: ms,
  // After it was sent; null = never acted on.
  actedMs: nullableMs,
  // Who acted on it in place of main, and so ended the process; absent when main did, or it was not acted on.
  by: sigintStandInSchema.exactOptional(),
  // Whether the nursery joined because of it.
  unwedged: z.boolean(),
  // How long after the signal it joined, null if it did not.
  joinedMs: nullableMs,
  // Why the join may have come by itself all the same, so that the signal gets no credit; absent when nothing says so.
  unsure: z.string().exactOptional(),
  // Why "not acted on", or "did not join", is not known: it was not waited for long enough. Absent when it is known.
  unseen: z.string().exactOptional(),
  // When the signal was not acted on.
  certificate: certificateSchema.nullable(),
});

/** One rung of the ladder as it was climbed for one actor. */
const ladderRungSchema = z.object({
  actor: z.string(),
  rung: rungSchema,
  // After teardown was requested.
  askedMs: ms,
  ackedMs: nullableMs,
  effect: z.string().nullable(),
  effectMs: nullableMs,
});

/** The heartbeat of the subject's main loop. */
const loopSchema = z.object({
  beats: z.number().int(),
  // How old the last beat was when the run was judged.
  lastBeatMs: nullableMs,
  maxGapMs: ms,
});

/** One line of evidence. `ref` points into the document (`dump.tasks[3]`) or names a file of the run directory. */
const evidenceSchema = z.object({
  kind: z.string(),
  detail: z.string(),
  ref: z.string().nullable(),
});

/** One line of the timeline; `atMs` relative to the request of teardown, negative before it. */
const timelineEntrySchema = z.object({
  atMs: ms,
  actor: z.string(),
  event: z.string(),
  detail: z.string(),
});

/** One run of one scenario. */
const attemptSchema = z.object({
  verdict: verdictSchema,
  // The run was stopped while its hang was looked into: what is missing was not tried. Absent when it was not.
  cutShort: z.literal(true).exactOptional(),
  // Older documents tell of teardowns only.
  phase: phaseSchema.default("teardown"),
  proven: z.boolean(),
  // The proof of a hang, or why there is none; null when nothing hangs. Absent in documents of older versions.
  proof: proofSchema.nullable().optional(),
  // Who waits for whom in a hang, proven or not; null when nothing hangs or no dump shows it. Absent in older documents.
  path: pathSchema.nullable().optional(),
  class: z.string().nullable(),
  owner: ownerSchema.nullable(),
  // What the verdict does not know, for class `unknown`.
  missing: z.array(z.string()),
  remedies: z.array(z.string()),
  // 0 for a command that was watched without one.
  deadlineMs: ms,
  // Absent for a scenario.
  watched: watchedSchema.exactOptional(),
  // After teardown was requested; null = never (as far as the harness looked).
  clocks: clocksSchema,
  ladder: z.array(ladderRungSchema),
  sigint: sigintSchema.nullable(),
  loop: loopSchema,
  evidence: z.array(evidenceSchema),
  // Threads or handles that stayed, named; empty when the process exited by itself.
  leftovers: z.array(z.string()),
  dump: dumpSchema.nullable(),
  timeline: z.array(timelineEntrySchema),
  outputTail: z.object({ stdout: z.string(), stderr: z.string() }),
  // Exit code or signal of the subject, null when it had to be killed by the harness.
  subjectExit: z.string().nullable(),
  // What was done to the hung subject from outside, in order. Absent when nothing was.
  actions: z.array(actionReportSchema).optional(),
  // What `diagnose` found. Absent where nothing was diagnosed.
  diagnosis: diagnosisSchema.optional(),
});

/** What a scenario declares, each part of which is compared with what was observed. */
const expectationSchema = z.object({
  verdict: verdictSchema,
  class: z.string().nullable(),
  owner: ownerSchema.nullable().default(null),
  // What a SIGINT must do to the hung nursery.
  ctrlC: z.enum(["unwedges", "ignored", "in-vain", "not-needed"]).default("not-needed"),
  // Whether the hang must be proven with no remedy on; null (and absent in older documents): not compared.
  proven: z.boolean().nullable().optional(),
  // What must be observed with the declared remedies on; null means that it must finish.
  withRemedies: z.object({
    verdict: verdictSchema,
    class: z.string().nullable(),
    owner: ownerSchema.nullable(),
  }).nullable().default(null),
});

/** What the harness knows of an attempt beside what was observed in it. */
const attemptRunSchema = z.object({
  // Where its files are, relative to the run directory; `.` when they are in the run directory itself.
  dir: directory,
  // From the start of the subject to the verdict.
  durationMs: ms,
});

/** One scenario with its attempts. */
const scenarioSchema = z.object({
  name: z.string(),
  file: fileUrl,
  summary: z.string(),
  expected: expectationSchema,
  // The remedies that the scenario declares to be enough.
  fixedBy: z.array(z.string()).default([]),
  // What was set of its parameters, where that is not the same for the whole run; absent when nothing was.
  set: z.record(z.string(), z.string()).optional(),
  attempts: z.array(attemptSchema),
  // One for each attempt, in the same order.
  runs: z.array(attemptRunSchema).default([]),
});

/** An attempt that has no verdict. */
const unjudgedSchema = z.object({
  // `fault`: it was tried, and could not be judged. `skipped`: it was not started any more.
  kind: z.enum(["fault", "skipped"]),
  scenario: z.string(),
  scenarioFile: fileUrl,
  remedies: z.array(z.string()),
  // As of a scenario with attempts.
  set: z.record(z.string(), z.string()).optional(),
  message: z.string(),
  // Where the fault is, when it is in a file: the scenario's, or one that it imports.
  file: z.string().nullable(),
  line: z.number().int().nullable(),
});

/** How long the runs had to take at the least (`chainMs`, and what it consists of), and how long they really took. */
const waitTimesSchema = z.object({ chainMs: ms, chain: z.string(), wallMs: ms });

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
    // The verb that ran.
    verb: z.string().default("repro"),
    // The flags with which `repro` runs one of the attempts again, remedies and `set` of its scenario excepted.
    replayFlags: z.array(z.string()).default([]),
    // Null where nothing ran beside anything else.
    waits: waitTimesSchema.nullable().default(null),
  }),
  totals: totalsSchema,
  scenarios: z.array(scenarioSchema),
  unjudged: z.array(unjudgedSchema).default([]),
});

/** What was seen of one attempt. */
export type Verdict = Read<typeof verdictSchema>;
/** How far a run came. */
export type Phase = Read<typeof phaseSchema>;
/** Whose bug a hang is. */
export type Owner = Read<typeof ownerSchema>;
/** Name of a hang class; `unknown` says what is missing instead of guessing. */
export type HangClass = string;
/** One line of evidence. */
export type Evidence = Read<typeof evidenceSchema>;
/** One rung of the ladder. */
export type LadderRung = Read<typeof ladderRungSchema>;
/** The SIGINT probe. */
export type SigintProbe = Read<typeof sigintSchema>;
/** Who can act on a signal in place of main. */
export type SigintStandIn = Read<typeof sigintStandInSchema>;
/** The certificate of starvation. */
export type StarvationCertificate = Read<typeof certificateSchema>;
/** The heartbeat of the subject's main loop. */
export type LoopFacts = Read<typeof loopSchema>;
/** One line of the timeline. */
export type TimelineEntry = Read<typeof timelineEntrySchema>;
/** One run of one scenario. */
export type Attempt = Read<typeof attemptSchema>;
/** What a scenario declares. */
export type Expectation = Read<typeof expectationSchema>;
/** One scenario with its attempts. */
export type ScenarioResult = Read<typeof scenarioSchema>;
/** What the harness knows of an attempt. */
export type AttemptRun = Read<typeof attemptRunSchema>;
/** An attempt that has no verdict. */
export type Unjudged = Read<typeof unjudgedSchema>;
/** How long the runs had to take. */
export type WaitTimes = Read<typeof waitTimesSchema>;
/** The document. */
export type ResultDocument = Read<typeof resultSchema>;
