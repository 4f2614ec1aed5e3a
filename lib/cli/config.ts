/**
 * The `"unwedge"` block of the nearest deno.json or deno.jsonc, from the working directory upwards, where Deno itself
 * looks for it. A file without the word in it is not parsed: most have none.
 *
 * @module
 */

import type { ParseError } from "jsonc-parser";
import { configKeyOf, FLAGS } from "./flags.ts";
import { CommandLineError } from "./command_line_error.ts";
import { loadLater } from "../os/load_later.ts";

/**
 * Reads the block.
 *
 * @param directory where to begin
 * @returns the block, empty when there is none
 * @throws {CommandLineError} when the file is not JSON, or the block has a key that no flag has
 */
export async function readConfig(directory: string): Promise<Record<string, unknown>> {
  const found = nearest(directory);
  if (found === null || !found.text.includes('"unwedge"')) return {};
  const block = blockOf(await parseLoose(found.text, found.path));
  if (block === null) return {};
  const known = FLAGS.filter((flag) => flag.settable).map(({ name }) => configKeyOf(name));
  for (const key of Object.keys(block)) {
    if (known.includes(key)) continue;
    const { didYouMean } = await loadLater<typeof import("../protocol/suggest.ts")>(
      import.meta.resolve("../protocol/suggest.ts"),
    );
    throw new CommandLineError(`${found.path}: "unwedge" has no ${key}${didYouMean(key, known)}`);
  }
  return block;
}

function nearest(directory: string): { path: string; text: string } | null {
  for (let at = directory;; at = at.slice(0, at.lastIndexOf("/"))) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = `${at}/${name}`;
      try {
        return { path, text: Deno.readTextFileSync(path) };
      } catch {
        // Not there, or not ours to read: no settings from here.
      }
    }
    if (!at.includes("/")) return null;
  }
}

async function parseLoose(text: string, path: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    // Deno allows comments in both files; the parser for them is loaded only when there are some.
    const { parse } = await import("jsonc-parser");
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true });
    const first = errors[0];
    if (first === undefined) return value;
    const line = text.slice(0, first.offset).split("\n").length;
    throw new CommandLineError(`${path}:${line} is not JSON`);
  }
}

function blockOf(value: unknown): Record<string, unknown> | null {
  if (typeof value !== "object" || value === null || !("unwedge" in value)) return null;
  const block = value.unwedge;
  // The name of the project itself may be "unwedge" somewhere; only an object is a block of settings.
  return typeof block === "object" && block !== null && !Array.isArray(block) ? { ...block } : null;
}
