/** The attempt that ended in the seed's hang, for tests of what follows from it. @module */

import type { Attempt } from "../../lib/model/result.ts";
import type { Dump } from "../../lib/model/dump.ts";
import { orphaned } from "./facts.ts";

/** An attempt that hung with this dump. */
export function attemptOf(dump: Dump | null, change: Partial<Attempt> = {}): Attempt {
  const { clocks, ladder, sigint, loop } = orphaned();
  return {
    verdict: "hung",
    phase: "teardown",
    proven: false,
    class: "orphaned-channel",
    owner: "supervisor",
    missing: [],
    remedies: [],
    deadlineMs: 3_000,
    clocks,
    ladder,
    sigint,
    loop,
    evidence: [],
    leftovers: [],
    dump,
    timeline: [],
    outputTail: { stdout: "", stderr: "" },
    subjectExit: null,
    ...change,
  };
}
