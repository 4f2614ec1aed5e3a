/**
 * SIGKILLs the harness at a random moment: two seconds later no subject may be alive, and the run directory must name
 * the one that was.
 *
 * @module
 */

import { firstSubject, type KillCounts } from "./kill_subject.ts";
import { isAlive, leftoverProcesses } from "./leftovers.ts";
import { startUnwedge } from "./unwedge_process.ts";

const LATEST_KILL_MS = 5_000;
/** How long a subject may outlive its harness. */
const GRACE_MS = 2_000;
const SCENARIOS = ["non-checkpointing", "sigint-starved", "spinning-child", "happy"];

/** Kills `runs` harnesses, one after the other. */
export async function killHarnesses(runs: number): Promise<KillCounts> {
  const verdicts: Record<string, number> = {};
  const wrong: string[] = [];
  for (let i = 0; i < runs; i++) {
    const scenario = SCENARIOS[i % SCENARIOS.length] ?? "happy";
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-kill-" });
    const harness = startUnwedge(["repro", scenario, "--json", "-o", dir]);
    void harness.stdout.cancel();
    void harness.stderr.cancel();
    const subject = await firstSubject(dir);
    const afterMs = Math.random() * LATEST_KILL_MS;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const before = subject !== null && isAlive(subject) ? "subject alive" : "subject gone before";
    verdicts[before] = (verdicts[before] ?? 0) + 1;
    try {
      harness.kill("SIGKILL");
    } catch {
      // It had ended.
    }
    await harness.status;
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    if (subject !== null && isAlive(subject)) {
      wrong.push(
        `#${i + 1} ${scenario}: subject ${subject} lives ${GRACE_MS} ms after its harness`,
      );
      Deno.kill(subject, "SIGKILL");
    }
    wrong.push(...leftoverProcesses(dir).map((what) => `#${i + 1} ${scenario} left ${what}`));
    Deno.removeSync(dir, { recursive: true });
  }
  return { runs, verdicts, wrong };
}
