/** Runs programs of the proof soak as `repro` would, several at once. @module */

import type { RunRequest } from "../../../lib/run/run_request.ts";
import { runReal, type TestRun } from "../../../tests/support/run.ts";

/** Which programs are made, and how many are checked at once. */
export interface Programs {
  readonly programs: number;
  readonly seed: number;
  readonly jobs: number;
}

/** Checks programs with consecutive seeds. */
export async function eachSeed(
  { programs, seed, jobs }: Programs,
  check: (seed: number) => Promise<void>,
): Promise<void> {
  let next = seed;
  const worker = async () => {
    while (next < seed + programs) await check(next++);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

/** Runs one. What is inside when it hangs does not matter, and to look would move it. */
export function judgeProgram(
  name: string,
  scenarioUrl: string,
  request: Partial<RunRequest>,
): Promise<TestRun> {
  const patience = { graceMs: 0, sigintProbe: false, sampleGapMs: 0, slowMs: 60_000 };
  return runReal(name, {
    request: { scenarioUrl, ...patience, ...request },
    tools: { takeDump: () => Promise.reject(new Error("not wanted")) },
  });
}
