/**
 * From the last thing that moved to the proof that nothing ever will, for each scenario that declares a proof, as
 * `repro` is run by a user. The figure is the median of the slowest scenario; beside it stand those of all. Half of
 * it, 27 ms, is the time for which nothing may move before an isolate calls itself quiet.
 *
 * @module
 */

import { median } from "../measure.ts";
import { absoluteFigures, type Figures } from "../row.ts";
import { proofTimes, provableScenarios } from "../../tools/soak/proof/latency.ts";

const RUNS = 5;

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const scenarios = [];
  for (const name of await provableScenarios()) {
    const { ms, missed } = await proofTimes(name, RUNS);
    if (missed[0] !== undefined) throw new Error(`${name} was not proven to hang: ${missed[0]}`);
    scenarios.push({ name, ms, value: median(ms) });
  }
  const [slowest] = scenarios.toSorted((a, b) => b.value - a.value);
  if (slowest === undefined) throw new Error("no scenario declares a proof");
  const peers = scenarios.map(({ name, value }) => ({ name, value }));
  return { ...absoluteFigures(slowest.ms), peers };
}
