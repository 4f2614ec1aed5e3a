/**
 * `schema result|event|dump|process-dump|matrix|doctor|sweep`: the JSON Schema of what unwedge writes.
 *
 * @module
 */

import type { Invocation } from "../invocation.ts";

const KINDS = ["result", "event", "dump", "process-dump", "matrix", "doctor", "sweep"] as const;

/** Prints one schema. @throws {CommandLineError} when there is no such document */
export async function schema({ words, streams }: Invocation): Promise<number> {
  const { oneOf } = await import("../suggest.ts");
  const kind = oneOf(words, KINDS, "schema", "schema");
  const { jsonSchema } = await import("../../model/schema.ts");
  streams.out(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
  return 0;
}
