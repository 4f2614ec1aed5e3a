/** Schemas of what `doctor` prints; field by field the types of `doctor.ts` and `sweep.ts`. @module */

import { z } from "zod";

/** What `doctor --json` prints. */
export const doctorSchema = z.object({
  schema: z.literal("unwedge/doctor@1"),
  tool: z.object({
    version: z.string(),
    deno: z.string(),
    v8: z.string(),
    os: z.string(),
    arch: z.string(),
  }),
  fit: z.boolean(),
  checks: z.array(z.object({
    id: z.string(),
    group: z.string(),
    name: z.string(),
    status: z.enum(["ok", "limited", "missing", "unknown"]),
    needed: z.boolean(),
    seen: z.string(),
    why: z.string(),
    advice: z.string().nullable(),
    tookMs: z.number(),
  })),
});

const failed = z.object({ kind: z.literal("failed"), why: z.string() });

/** What `doctor --sweep --json` prints. */
export const sweepSchema = z.object({
  schema: z.literal("unwedge/sweep@1"),
  dryRun: z.boolean(),
  stale: z.array(z.object({
    kind: z.enum(["subject", "member", "warden"]),
    pid: z.number().int(),
    startTime: z.number().int(),
    leadsGroup: z.boolean(),
    state: z.string(),
    ageMs: z.number().nullable(),
    runDir: z.string().nullable(),
    scenario: z.string().nullable(),
    because: z.string(),
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("ended"), afterMs: z.number() }),
      z.object({ kind: z.literal("gone") }),
      z.object({ kind: z.literal("listed") }),
      failed,
    ]),
  })),
  spared: z.array(z.object({ pid: z.number().int(), because: z.string() })),
  files: z.array(z.object({
    path: z.string(),
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("removed") }),
      z.object({ kind: z.literal("listed") }),
      failed,
    ]),
  })),
});
