/**
 * Prints what scenarios say of themselves, as JSON: in a process of its own, so that a scenario file that is broken, or
 * hangs while it is loaded, cannot take the command line with it.
 *
 *     deno run … lib/subject/inside/describe.ts [--set=JSON] FILE_URL…
 *
 * With `--set` it also says which values a scenario would refuse for the parameters that it has, before it is run.
 *
 * @module
 */

import { parseJson, toJson } from "../../protocol/platform.ts";
import type { Described } from "../../protocol/subject_spec.ts";
import { factsOf, loadScenario, readRequest, Refused } from "./load.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Describes each file in turn.
 *
 * @param set values for parameters, each of which counts for the scenarios that have it
 */
export async function describe(
  urls: readonly string[],
  set: Readonly<Record<string, string>> = {},
): Promise<Described[]> {
  const all: Described[] = [];
  for (const url of urls) {
    const loaded = await loadScenario(url);
    if (loaded.kind === "loaded") {
      const { scenario } = loaded;
      all.push({ ok: true, facts: factsOf(scenario, url, null), ...refusal(scenario, set) });
      continue;
    }
    const { kind, file, line, message } = loaded;
    const misdeclared = kind === "misdeclared" ? { misdeclared: true } as const : {};
    all.push({ ok: false, file, line, message, ...misdeclared });
  }
  return all;
}

function refusal(
  scenario: Scenario,
  set: Readonly<Record<string, string>>,
): { readonly refused?: string } {
  const known = Object.entries(set).filter(([key]) => Object.hasOwn(scenario.params, key));
  if (known.length === 0) return {};
  try {
    readRequest(scenario, { set: Object.fromEntries(known), remedies: [] });
    return {};
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

if (import.meta.main) {
  const [first = "", ...rest] = Deno.args;
  const given = /^--set=(.*)$/s.exec(first)?.[1];
  const all = given === undefined
    ? await describe(Deno.args)
    : await describe(rest, parseJson(given));
  // On a line of its own, whatever the files have printed while they were loaded.
  console.log(`\n${toJson(all)}`);
}
