/**
 * Schema of a dump; field by field the types of `lib/model/dump.ts`.
 *
 * @module
 */

import { z } from "zod";

const ms = z.number();
const nullableMs = ms.nullable();

/** A TypeScript position. */
export const positionSchema = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
});

/** One frame of a stack. */
export const frameSchema = z.object({
  ...positionSchema.shape,
  fn: z.string(),
  internal: z.boolean(),
});

const peerStateSchema = z.enum(["alive", "dead", "abandoned"]);

const threadSchema = z.object({
  tid: z.number().int(),
  name: z.string(),
  state: z.string(),
  wchan: z.string().nullable(),
  cpuTicks: z.number(),
  reads: z.object({ calls: z.number(), bytes: z.number() }).optional(),
});

const isolateSchema = z.object({
  id: z.string(),
  kind: z.enum(["main", "worker"]),
  actor: z.string().nullable(),
  state: z.enum(["busy", "parked", "native-blocked", "gone"]),
  thread: threadSchema.nullable(),
  samples: z.array(z.object({ atMs: ms, frames: z.array(frameSchema) })),
  microtasks: z.enum(["run", "stand"]).optional(),
  leftPaused: z.literal(true).optional(),
});

const taskSchema = z.object({
  id: z.string(),
  actor: z.string(),
  name: z.string(),
  parent: z.string().nullable(),
  state: z.enum(["starting", "running", "parked", "native"]),
  parkedOn: z.object({
    kind: z.string(),
    resource: z.string(),
    peer: z.string().nullable(),
    peerState: peerStateSchema.nullable(),
    missed: z.object({ count: z.number().int(), beforeMs: ms }).optional(),
  }).nullable(),
  sinceMs: nullableMs,
  shielded: z.boolean(),
  cancelled: z.object({
    source: z.string(),
    reason: z.string(),
    byActor: z.string(),
    agoMs: ms,
    heldByShield: z.boolean(),
  }).nullable(),
  site: positionSchema.nullable(),
  createdAt: positionSchema.nullable(),
  serves: z.string().optional(),
});

/** A dump. */
export const dumpSchema = z.object({
  complete: z.boolean(),
  missing: z.array(z.object({ isolate: z.string(), why: z.string() })),
  isolates: z.array(isolateSchema),
  tasks: z.array(taskSchema),
  channels: z.array(z.object({
    id: z.string(),
    actor: z.string(),
    peer: z.string(),
    state: z.string(),
    peerState: peerStateSchema,
    why: z.string(),
    afterAbandon: z.number().int().optional(),
  })),
  sharedLocks: z.array(z.object({
    name: z.string(),
    seenBy: z.string(),
    holder: z.string().nullable(),
    holderState: peerStateSchema.nullable(),
    blockedMs: nullableMs,
  })),
  otherThreads: z.number().int(),
  tookMs: ms,
});
