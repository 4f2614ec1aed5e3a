/**
 * From the last thing that moved to the proof that nothing ever will, for each scenario that declares a proof, as
 * `repro` is run by a user. The figure is the median of the slowest scenario; beside it stand those of all. Half of
 * it, 27 ms, is the time for which nothing may move before an isolate calls itself quiet.
 *
 * @module
 */

import { absoluteFigures, type Figures, median, spreadOf } from "../measure.ts";
import { describeScenarios, shippedScenarios } from "../../lib/cli/catalog.ts";
import type { ResultDocument } from "../../lib/model/result.ts";

const RUNS = 5;
const MAIN = new URL("../../main.ts", import.meta.url).href;

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const scenarios = [];
  for (const name of await provableScenarios()) {
    const ms: number[] = [];
    for (let run = 0; run < RUNS; run++) ms.push(await proofMs(name));
    scenarios.push({ name, ms, value: median(ms) });
  }
  const [slowest] = scenarios.toSorted((a, b) => b.value - a.value);
  if (slowest === undefined) throw new Error("no scenario declares a proof");
  const peers = scenarios.map(({ name, ms, value }) => ({ name, value, spread: spreadOf(ms) }));
  return { ...absoluteFigures(slowest.ms), peers };
}

/** Names of the scenarios that declare a proof. */
async function provableScenarios(): Promise<string[]> {
  const described = await describeScenarios(shippedScenarios());
  return described.flatMap((each) =>
    each.ok && each.facts.expected.proven === true ? [each.facts.name] : []
  );
}

/** Milliseconds from the last move to the proof, in a process as a user starts it. */
async function proofMs(name: string): Promise<number> {
  const outDir = await Deno.makeTempDir({ prefix: "unwedge-proof-ms-" });
  try {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "repro", name, "--json", "--grace", "200ms", "-o", outDir],
      stdin: "null",
      stderr: "null",
    }).output();
    const document: ResultDocument = JSON.parse(new TextDecoder().decode(stdout));
    const proof = document.scenarios[0]?.attempts[0]?.proof;
    if (proof?.kind === "proven") return proof.provenMs - proof.quietMs;
    throw new Error(`${name} was not proven to hang: ${proof?.reasons.join("; ") ?? "it ended"}`);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
}
