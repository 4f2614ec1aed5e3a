/**
 * The published documents as JSON Schema, and as validators. Invariant, checked by the compiler at the end of this
 * file: what a schema accepts is exactly what the TypeScript type says, field by field. Unknown fields are allowed,
 * because @1 grows by addition.
 *
 * @module
 */

import { z } from "zod";
import type { DoctorReport } from "./doctor.ts";
import type { Matrix } from "./matrix.ts";
import type { Dump, ResultDocument } from "./result.ts";
import { doctorSchema, sweepSchema } from "./schema/doctor.ts";
import { dumpSchema } from "./schema/dump.ts";
import { streamEventSchema } from "./schema/event.ts";
import { matrixSchema } from "./schema/matrix.ts";
import { resultSchema } from "./schema/result.ts";
import type { StreamEvent } from "./stream_event.ts";
import type { SweepReport } from "../doctor/sweep/sweep_report.ts";

/** The documents that have a schema. */
export type SchemaKind = "result" | "event" | "dump" | "matrix" | "doctor" | "sweep";

/** `dump.json`: a dump with its envelope. */
const dumpFileSchema = z.object({ schema: z.literal("unwedge/dump@1"), ...dumpSchema.shape });

const SCHEMAS = {
  result: [resultSchema, "unwedge/result@1", "What one run observed: result.json and --json."],
  event: [streamEventSchema, "unwedge/event@1", "One line of events.ndjson and --events."],
  dump: [dumpFileSchema, "unwedge/dump@1", "What was seen inside a subject: dump.json."],
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

type DeepReadonly<T> = T extends readonly (infer Item)[] ? readonly DeepReadonly<Item>[]
  : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
  : T;

/** True when two types take each other's values; a missing or differing field makes it false. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;

// These lines do not compile when a type and its schema part ways.
const resultAgrees: Same<DeepReadonly<z.infer<typeof resultSchema>>, ResultDocument> = true;
const dumpAgrees: Same<DeepReadonly<z.infer<typeof dumpSchema>>, Dump> = true;
const matrixAgrees: Same<DeepReadonly<z.infer<typeof matrixSchema>>, Matrix> = true;
const eventAgrees: Same<DeepReadonly<z.infer<typeof streamEventSchema>>, StreamEvent> = true;
const doctorAgrees: Same<DeepReadonly<z.infer<typeof doctorSchema>>, DoctorReport> = true;
const sweepAgrees: Same<DeepReadonly<z.infer<typeof sweepSchema>>, SweepReport> = true;
void [resultAgrees, dumpAgrees, matrixAgrees, eventAgrees, doctorAgrees, sweepAgrees];
