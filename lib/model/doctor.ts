/** What `doctor` and `doctor --sweep` print. @module */

import { z } from "zod";
import type { Read } from "./read.ts";
import { toolSchema } from "./result.ts";

/** One thing that was looked at. */
const checkSchema = z.object({
  // Stable, for scripts: `inspector`, `proc-threads`.
  id: z.string(),
  // Heading under which it stands.
  group: z.string(),
  name: z.string(),
  // `limited`: it is there and falls short of something; `unknown`: what it rests on is missing.
  status: z.enum(["ok", "limited", "missing", "unknown"]),
  // Whether unwedge cannot do its work without it.
  needed: z.boolean(),
  // What was seen, in one line.
  seen: z.string(),
  // What it is for.
  why: z.string(),
  // What to do about it; null when nothing has to be done.
  advice: z.string().nullable(),
  tookMs: z.number(),
});

/** `doctor --json`. */
export const doctorSchema = z.object({
  schema: z.literal("unwedge/doctor@1"),
  tool: toolSchema,
  // Whether everything that is needed is there.
  fit: z.boolean(),
  checks: z.array(checkSchema),
});

const listed = z.object({ kind: z.literal("listed") });
const failed = z.object({ kind: z.literal("failed"), why: z.string() });

/** How the end of one stale process came out. */
const sweepOutcomeSchema = z.discriminatedUnion("kind", [
  // It was killed; `afterMs`: until it was really gone.
  z.object({ kind: z.literal("ended"), afterMs: z.number() }),
  // It had gone, or its pid belonged to another process, when its turn came.
  z.object({ kind: z.literal("gone") }),
  // Only listed: a dry run.
  listed,
  failed,
]);

/** A process that outlived its harness. */
const staleSchema = z.object({
  // `member`: a process that a subject started and that outlived it.
  kind: z.enum(["subject", "member", "warden"]),
  pid: z.number().int(),
  // Clock ticks after boot.
  startTime: z.number().int(),
  // It leads a process group, so all of the group goes with it.
  leadsGroup: z.boolean(),
  // The kernel's letter: `T` is stopped, `R` burns a processor.
  state: z.string(),
  // How long it has run, null when the kernel does not tell.
  ageMs: z.number().nullable(),
  runDir: z.string().nullable(),
  // File URL of its scenario, null when its spec is gone.
  scenario: z.string().nullable(),
  // How it is known that its harness is gone.
  because: z.string(),
  outcome: sweepOutcomeSchema,
});

/** A process that looks like a subject and was left alone. */
const sparedSchema = z.object({ pid: z.number().int(), because: z.string() });

/** A file that no run may leave behind. */
const sweptFileSchema = z.object({
  path: z.string(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("removed") }),
    listed,
    failed,
  ]),
});

/** `doctor --sweep --json`. */
export const sweepSchema = z.object({
  schema: z.literal("unwedge/sweep@1"),
  dryRun: z.boolean(),
  stale: z.array(staleSchema),
  spared: z.array(sparedSchema),
  files: z.array(sweptFileSchema),
});

/** One thing that was looked at. */
export type CheckResult = Read<typeof checkSchema>;
/** How one thing was found. */
export type CheckStatus = CheckResult["status"];
/** `doctor --json`. */
export type DoctorReport = Read<typeof doctorSchema>;
/** How the end of one stale process came out. */
export type SweepOutcome = Read<typeof sweepOutcomeSchema>;
/** A process that outlived its harness. */
export type StaleProcess = Read<typeof staleSchema>;
/** A process that was left alone. */
export type SparedProcess = Read<typeof sparedSchema>;
/** A file that no run may leave behind. */
export type SweptFile = Read<typeof sweptFileSchema>;
/** `doctor --sweep --json`. */
export type SweepReport = Read<typeof sweepSchema>;
