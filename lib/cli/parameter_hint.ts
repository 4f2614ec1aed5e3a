/**
 * Helps somebody who set a parameter that the scenario does not have, or to a value that it does not take. Asked only
 * after the subject has refused, so a run that is right does not pay for it.
 *
 * @module
 */

import { describeOne, type ScenarioFile } from "./catalog.ts";
import { didYouMean } from "./suggest.ts";

/** Names the nearest parameter and all there are, or null when there is nothing to say. */
export async function parameterHint(
  file: ScenarioFile,
  typedKeys: readonly string[],
): Promise<string | null> {
  let known: string[];
  try {
    known = Object.keys((await describeOne(file)).params);
  } catch {
    // The refusal itself has been said; without the scenario's own list there is nothing to add.
    return null;
  }
  const stray = typedKeys.find((key) => !known.includes(key));
  const meant = stray === undefined ? "" : didYouMean(stray, known);
  const all = known.length === 0 ? "it has no parameters" : `parameters: ${known.join(", ")}`;
  return meant === "" ? all : `${stray}${meant} ${all}`;
}
