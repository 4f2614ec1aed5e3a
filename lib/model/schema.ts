/** The published documents as JSON Schema. Unknown fields are allowed, because @1 grows by addition. @module */

import { z } from "zod";
import { doctorSchema, sweepSchema } from "./doctor.ts";
import { dumpSchema } from "./dump.ts";
import { streamEventSchema } from "./event.ts";
import { matrixSchema } from "./matrix.ts";
import { processDumpSchema } from "./process_dump.ts";
import { resultSchema } from "./result.ts";

/** The documents that have a schema. */
export type SchemaKind =
  | "result"
  | "event"
  | "dump"
  | "process-dump"
  | "matrix"
  | "doctor"
  | "sweep";

/** `dump.json`: a dump with its envelope. */
const dumpFileSchema = z.object({ schema: z.literal("unwedge/dump@1"), ...dumpSchema.shape });

const SCHEMAS = {
  result: [resultSchema, "unwedge/result@1", "What one run observed: result.json and --json."],
  event: [streamEventSchema, "unwedge/event@1", "One line of events.ndjson and --events."],
  dump: [dumpFileSchema, "unwedge/dump@1", "What was seen inside a subject: dump.json."],
  "process-dump": [
    processDumpSchema,
    "unwedge/process-dump@1",
    "What a program that was not prepared waits for: dump --json.",
  ],
  matrix: [matrixSchema, "unwedge/matrix@1", "Scenario against remedies: matrix --format json."],
  doctor: [doctorSchema, "unwedge/doctor@1", "What a machine lets be seen: doctor --json."],
  sweep: [sweepSchema, "unwedge/sweep@1", "What was stale, and ended: doctor --sweep --json."],
} as const;

/** The JSON Schema (draft 2020-12) of one document. */
export function jsonSchema(kind: SchemaKind): Record<string, unknown> {
  const [schema, title, description] = SCHEMAS[kind];
  // The input side leaves `additionalProperties` open: a reader of @1 must accept what a later @1 adds.
  return { title, description, ...z.toJSONSchema(schema, { io: "input" }) };
}
