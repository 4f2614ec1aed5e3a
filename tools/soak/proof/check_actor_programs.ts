/**
 * Holds the prover against random programs of several actors, each in a process: goes through the journal record by
 * record, asks the prover at each, and looks whether anything moved after it had said that nothing will.
 *
 * @module
 */

import { prove } from "../../../lib/diagnose/proof/prove.ts";
import { Census } from "../../../lib/diagnose/proof/census.ts";
import { foreignSources } from "../../../lib/diagnose/proof/foreign.ts";
import { REAL_TOOLS } from "../../../lib/run/run_tools.ts";
import { runScenario } from "../../../lib/run/run_scenario.ts";
import { JournalReader } from "../../../lib/protocol/journal_reader.ts";
import { seeded } from "../../../tests/support/random.ts";

/** How it went. */
export interface ActorProofCounts {
  ended: number;
  hung: number;
  notJudged: number;
  /** Of those that hung. */
  proven: number;
  /** Proven, and then something moved, or the program ended. */
  readonly falseProofs: CheckedActors[];
  /** Milliseconds from the last thing that moved to the proof, shortest first. */
  readonly latencies: number[];
  /** Why the others that hung were not proven to, with how often. */
  readonly reasons: Map<string, number>;
}

/** Checks programs with consecutive seeds. */
export async function checkActorPrograms(
  { programs, seed, jobs }: {
    readonly programs: number;
    readonly seed: number;
    readonly jobs: number;
  },
): Promise<ActorProofCounts> {
  const counts: ActorProofCounts = {
    ended: 0,
    hung: 0,
    notJudged: 0,
    proven: 0,
    falseProofs: [],
    latencies: [],
    reasons: new Map(),
  };
  let next = seed;
  const worker = async () => {
    while (next < seed + programs) count(counts, await checkActorProgram(next++));
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  counts.latencies.sort((a, b) => a - b);
  return counts;
}

function count(counts: ActorProofCounts, checked: CheckedActors): void {
  const { outcome, provenAfterMs, refutedBy, reasons } = checked;
  if (outcome === "not-judged") counts.notJudged++;
  else counts[outcome]++;
  if (provenAfterMs !== null) {
    if (outcome !== "hung" || refutedBy !== null) counts.falseProofs.push(checked);
    else counts.proven++;
    counts.latencies.push(provenAfterMs);
  } else if (outcome === "hung") {
    const kind = (reasons[0] ?? "nobody was asked").replace(/\d+/g, "N");
    counts.reasons.set(kind, (counts.reasons.get(kind) ?? 0) + 1);
  }
}

/** What came of it. */
export interface CheckedActors {
  readonly seed: number;
  readonly remedies: readonly string[];
  readonly outcome: "ended" | "hung" | "not-judged";
  /** How long after the last thing had moved it was proven, in milliseconds; null when it was not. */
  readonly provenAfterMs: number | null;
  /** What moved after the proof; null when nothing did. */
  readonly refutedBy: string | null;
  readonly reasons: readonly string[];
}

const SCENARIO = import.meta.resolve("./actor_program.ts");
const LIBRARY = import.meta.resolve("../../../mod.ts");
const REMEDIES = [
  "channel-abort",
  "cancel-peer-tasks",
  "bounded-join",
  "boot-race",
  "death-watch",
] as const;
const DEADLINE_MS = 900;

/** Checks the program with this seed. */
async function checkActorProgram(seed: number): Promise<CheckedActors> {
  const random = seeded(seed ^ 0x5EED);
  const remedies = REMEDIES.filter(() => random.chance(25));
  const runDir = await Deno.makeTempDir({ prefix: "unwedge-proof-" });
  try {
    const outcome = await runScenario({
      scenarioUrl: SCENARIO,
      name: "actor-program",
      runDir,
      remedies,
      set: { program: String(seed) },
      deadlineMs: DEADLINE_MS,
      settleMs: null,
      softKillMs: null,
      hardKillMs: null,
      graceMs: 0,
      sigintProbe: false,
      awaitDeadline: true,
      samples: 2,
      sampleGapMs: 0,
      seed,
      slowMs: 60_000,
    }, {
      // What is inside does not matter, and to look would move it.
      tools: { ...REAL_TOOLS, takeDump: () => Promise.reject(new Error("not wanted")) },
    });
    const seen = replay(`${runDir}/journal.msgpack`);
    const kind = outcome.kind !== "judged"
      ? "not-judged"
      : outcome.attempt.verdict === "hung"
      ? "hung"
      : "ended";
    return { seed, remedies, outcome: kind, ...seen };
  } finally {
    await Deno.remove(runDir, { recursive: true });
  }
}

function replay(journal: string): Pick<CheckedActors, "provenAfterMs" | "refutedBy" | "reasons"> {
  const census = new Census();
  let provenAfterMs: number | null = null;
  let reasons: readonly string[] = [];
  for (const event of new JournalReader(journal).read()) {
    const { changes } = census;
    census.add(event);
    if (census.changes === changes) continue;
    if (provenAfterMs !== null) {
      return { provenAfterMs, refutedBy: `${event.actor} ${event.kind}`, reasons };
    }
    const finding = prove(
      census,
      (modules, of) =>
        foreignSources(of === "living" ? [SCENARIO, ...modules] : modules, LIBRARY, of),
    );
    if (finding.kind === "proven") provenAfterMs = event.t - finding.quietSinceMs;
    else reasons = finding.reasons;
  }
  return { provenAfterMs, refutedBy: null, reasons };
}
