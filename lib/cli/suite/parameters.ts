/**
 * `--set` where many scenarios run: each value counts for the scenarios that have such a parameter, and one that none of
 * them has is a mistake. It is found before anything runs.
 *
 * @module
 */

import type { Described } from "../../protocol/subject_spec.ts";
import type { ScenarioFile } from "../catalog.ts";
import { count, listed } from "../../report/text/words.ts";
import { CommandLineError } from "../command_line_error.ts";

/** Values for parameters, by name. */
export type Values = Readonly<Record<string, string>>;

/** What counts for one scenario. */
export function valuesFor(
  { facts: { params } }: Extract<Described, { ok: true }>,
  set: Values,
): Values {
  return Object.fromEntries(Object.entries(set).filter(([key]) => Object.hasOwn(params, key)));
}

/**
 * Refuses what makes no sense to any of the scenarios. With a file among them that cannot be read the parameter may be
 * that file's own, so nothing is refused for being unknown: the run ends as a fault in any case.
 *
 * @param described what the scenarios say of themselves, in the order of `files`
 * @throws {CommandLineError} for a parameter that none of them has, and for a value that one of them refuses
 */
export async function refuseStray(
  set: Values,
  files: readonly ScenarioFile[],
  described: readonly Described[],
): Promise<void> {
  const read = described.filter((each) => each.ok);
  const refused = read.find((each) => each.refused !== undefined)?.refused;
  if (refused !== undefined) throw new CommandLineError(refused);
  if (files.length === 0 || read.length < files.length) return;
  const known = [...new Set(read.flatMap(({ facts }) => Object.keys(facts.params)))];
  for (const key of Object.keys(set)) {
    if (known.includes(key)) continue;
    const { didYouMean } = await import("../suggest.ts");
    const [only, more] = files;
    const who = more === undefined
      ? `scenario ${only?.name} has no`
      : `none of the ${files.length} scenarios has a`;
    throw new CommandLineError(
      `${who} parameter ${JSON.stringify(key)}${didYouMean(key, known)}`,
      known.length === 0
        ? `${more === undefined ? "it has" : "they have"} none`
        : `parameters: ${known.toSorted().join(", ")}`,
    );
  }
}

/** For whom each value counts, one line for each that does not count for all. */
export function whoGets(
  set: Values,
  scenarios: readonly { readonly name: string; readonly set: Values }[],
): string[] {
  return Object.entries(set).flatMap(([key, value]) => {
    const mine = scenarios.filter((each) => Object.hasOwn(each.set, key));
    if (mine.length === scenarios.length) return [];
    const names = mine.length === 0 ? "" : `: ${listed(mine.map(({ name }) => name))}`;
    return [
      `--set ${key}=${value} counts for ${mine.length} of ${
        count(scenarios.length, "scenario")
      }${names}`,
    ];
  });
}
