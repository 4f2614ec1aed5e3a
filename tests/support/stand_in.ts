/**
 * Calls `repro` with the stand-in for a subject, and checks what it wrote.
 *
 * @module
 */

import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { jsonSchema, type SchemaKind } from "../../lib/model/schema.ts";
import { type Called, inTemporaryDirectory, STAND_IN, unwedge } from "./unwedge.ts";

/** A directory with a file that passes for a scenario of the user's own; the stand-in does not load it. */
export async function inProject(test: (cwd: string) => Promise<void>): Promise<void> {
  await inTemporaryDirectory(async (cwd) => {
    Deno.writeTextFileSync(`${cwd}/mine.ts`, "");
    await test(cwd);
  });
}

/** The words of a call in which the subject does `act`. */
export function reproWords(act: string, flags: string): string[] {
  return ["repro", "./mine.ts", "--set", `act=${act}`, ...flags.split(" ").filter(Boolean)];
}

/** Calls and waits for the end. */
export async function repro(cwd: string, act: string, flags = ""): Promise<Called> {
  return await unwedge(reproWords(act, flags), { cwd, main: STAND_IN });
}

/** Reads a JSON file that a test knows the shape of. */
// deno-lint-ignore no-explicit-any -- the shape is what the test asserts
export function readJson(path: string): any {
  return JSON.parse(Deno.readTextFileSync(path));
}

/** Fails when a value does not fit its published schema; the validator is not the one that wrote the schema. */
export function assertValid(kind: SchemaKind, value: unknown): void {
  const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(jsonSchema(kind));
  assert(validate(value), JSON.stringify(validate.errors));
}

/** Calls each line, split at its spaces: exit 2, nothing on stdout, and on stderr what is wrong, without a stack. */
export async function assertRefuses(
  cwd: string,
  wrong: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [line, says] of Object.entries(wrong)) {
    const { code, stdout, stderr } = await unwedge(line.split(" "), { cwd });
    assertEquals([code, stdout], [2, ""], `${line}: ${stderr}`);
    assertStringIncludes(stderr, says);
    assertFalse(/\n\s+at /.test(stderr), stderr);
  }
}

/** A test in a project of its own. Its 120 s are far more than any takes. */
export function testInProject(name: string, test: (cwd: string) => Promise<void>): void {
  Deno.test(name, { timeout: 120_000 }, () => inProject(test));
}
