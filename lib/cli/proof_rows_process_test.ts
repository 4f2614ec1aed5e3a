import { assert, assertEquals } from "@std/assert";
import { runScenario } from "../run/run_scenario.ts";
import type { Attempt } from "../model/result.ts";
import { describeScenarios, type ScenarioFile, shippedScenarios } from "./catalog.ts";

const AT_ONCE = 3;
/** A deadline that no run gets to. */
const FAR_MS = 60_000;
/** One that every run gets to: the ladder of the slowest is done long before. */
const NEAR_MS = 4_000;

async function attemptOf(
  { name, url }: ScenarioFile,
  { deadlineMs, awaitDeadline }: { readonly deadlineMs: number; readonly awaitDeadline: boolean },
): Promise<Attempt> {
  const runDir = await Deno.makeTempDir({ prefix: "unwedge-proof-rows-" });
  try {
    const outcome = await runScenario({
      scenarioUrl: url,
      name,
      runDir,
      remedies: [],
      set: {},
      deadlineMs,
      settleMs: null,
      softKillMs: null,
      hardKillMs: null,
      graceMs: 300,
      sigintProbe: true,
      awaitDeadline,
      samples: 2,
      sampleGapMs: 50,
      seed: 1,
      slowMs: FAR_MS,
    });
    if (outcome.kind !== "judged") throw new Error(`${name}: ${JSON.stringify(outcome)}`);
    return outcome.attempt;
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}

/** What must be the same, whenever it is told. Numbers of tasks may differ from run to run. */
function told({ verdict, proven, class: hangClass, owner, proof, sigint }: Attempt): unknown {
  assert(proof?.kind === "proven", JSON.stringify(proof));
  const { kind, path } = proof.proof;
  const because = proof.proof.kind === "dead-end" ? proof.proof.because : proof.proof.entry;
  const steps = path.map(({ actor, task, kind, peer, shielded }) => ({
    actor,
    task: task.replace(/^#\d+ /, ""),
    kind,
    peer,
    shielded,
  }));
  const unwedged = sigint?.unwedged;
  return { verdict, proven, hangClass, owner, unwedged, kind, steps, because };
}

Deno.test(
  "runScenario proves every row that declares it, and tells the same at the deadline",
  { timeout: 240_000 },
  async () => {
    const files = shippedScenarios();
    const described = await describeScenarios(files);
    const rows = files.filter((_, index) => {
      const each = described[index];
      assert(each?.ok === true, JSON.stringify(each));
      return each.facts.expected.proven === true;
    });
    assert(rows.length >= 9, `only ${rows.length} rows declare a proof`);
    const worker = async () => {
      for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
        const early = await attemptOf(row, { deadlineMs: FAR_MS, awaitDeadline: false });
        assertEquals([row.name, early.proven], [row.name, true]);
        assert((early.sigint?.sentMs ?? Infinity) < FAR_MS, `${row.name} was not stopped`);
        const late = await attemptOf(row, { deadlineMs: NEAR_MS, awaitDeadline: true });
        assert((late.sigint?.sentMs ?? 0) >= NEAR_MS, `${row.name} did not wait`);
        assertEquals([row.name, told(late)], [row.name, told(early)]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  },
);
