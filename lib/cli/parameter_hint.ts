/**
 * Helps somebody who set a parameter that the scenario does not have. Asked only after the subject has refused, so a
 * run that is right does not pay for it.
 *
 * @module
 */

import { describeOne, type ScenarioFile } from "./catalog.ts";
import { suggest } from "./suggest.ts";

/** Offers the nearest parameter, or null when nothing is near; the refusal itself lists them all. */
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
  const meant = stray === undefined ? null : suggest(stray, known);
  return meant === null ? null : `did you mean ${meant}?`;
}
