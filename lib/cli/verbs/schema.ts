/**
 * `schema result|event|dump|matrix|doctor|sweep`: the JSON Schema of what unwedge writes.
 *
 * @module
 */

import type { Invocation } from "../invocation.ts";
import { CommandLineError } from "../command_line_error.ts";

const KINDS = ["result", "event", "dump", "matrix", "doctor", "sweep"] as const;

/** Prints one schema. @throws {CommandLineError} when there is no such document */
export async function schema({ words, streams }: Invocation): Promise<number> {
  const [name, ...more] = words;
  const kind = KINDS.find((each) => each === name);
  if (kind === undefined || more.length > 0) {
    const { didYouMean } = await import("../suggest.ts");
    const wrong = name === undefined || more.length > 0
      ? "schema needs one name"
      : `there is no schema ${JSON.stringify(name)}${didYouMean(name, KINDS)}`;
    throw new CommandLineError(wrong, `schemas: ${KINDS.join(", ")}`);
  }
  const { jsonSchema } = await import("../../model/schema.ts");
  streams.out(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
  return 0;
}
