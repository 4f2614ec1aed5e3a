/**
 * Prints what scenarios say of themselves, as JSON: in a process of its own, so that a scenario file that is broken, or
 * hangs while it is loaded, cannot take the command line with it.
 *
 *     deno run … lib/subject/describe.ts FILE_URL…
 *
 * @module
 */

import type { Described } from "../protocol/subject_spec.ts";
import { factsOf, loadScenario } from "./load.ts";

/** Describes each file in turn. */
export async function describe(urls: readonly string[]): Promise<Described[]> {
  const all: Described[] = [];
  for (const url of urls) {
    const loaded = await loadScenario(url);
    all.push(
      loaded.kind === "loaded"
        ? { ok: true, facts: factsOf(loaded.scenario, url, null) }
        : { ok: false, file: loaded.file, line: loaded.line, message: loaded.message },
    );
  }
  return all;
}

if (import.meta.main) console.log(JSON.stringify(await describe(Deno.args)));
