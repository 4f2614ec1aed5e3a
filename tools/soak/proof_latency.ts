/**
 * How long a proof takes, for every scenario that declares one:
 *
 *     deno run -A tools/soak/proof_latency.ts --runs 20          # as the machine is
 *     deno run -A tools/soak/proof_latency.ts --runs 20 --load   # with every core kept busy
 *
 * Exit code 1 when a run did not come to its proof; how fast it came is for people to judge.
 *
 * @module
 */

import { flagsOrExit, scenarioNames } from "../../bench/flags.ts";
import { startLoad } from "./load.ts";
import { proofTimes, provableScenarios } from "./proof/latency.ts";

/** What is asked of a machine with nothing else to do (milliseconds). */
const TARGET_MS = 100;

if (import.meta.main) {
  const { runs, only, load: loaded } = flagsOrExit(
    "Usage: deno run -A tools/soak/proof_latency.ts [flags]",
    {
      runs: { kind: "count", default: 20, about: "runs of each scenario" },
      only: {
        kind: "names",
        known: scenarioNames(),
        about: "the scenarios, those that declare a proof",
      },
      load: { kind: "switch", about: "with every core kept busy" },
    },
  );
  const names = only.length > 0 ? only : await provableScenarios();
  console.log("scenario            runs  median   p90    most  over 100 ms");
  const load = loaded ? startLoad() : null;
  try {
    for (const name of names) {
      const { ms, missed } = await proofTimes(name, runs);
      const at = (share: number) =>
        (ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? NaN).toFixed(0).padStart(6);
      const over = ms.filter((each) => each > TARGET_MS).length;
      console.log(
        `${name.padEnd(18)}${String(ms.length).padStart(6)}${at(0.5)}${at(0.9)}${at(1)}${
          String(over).padStart(8)
        }`,
      );
      for (const why of missed) console.log(`  not proven: ${why}`);
      if (missed.length > 0) Deno.exitCode = 1;
    }
  } finally {
    await load?.stop();
  }
}
