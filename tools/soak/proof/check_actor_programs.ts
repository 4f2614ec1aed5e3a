/**
 * Holds the prover against random programs of several actors, each in a process: goes through the journal record by
 * record, asks the prover at each, and looks whether anything moved after it had said that nothing will.
 *
 * @module
 */

import { prove } from "../../../lib/diagnose/proof/prove.ts";
import { Census } from "../../../lib/diagnose/proof/census.ts";
import { resolveByLooks } from "../../../tests/support/resolve_by_looks.ts";
import { foreignSources } from "../../../lib/diagnose/proof/foreign.ts";
import type { JournalEvent } from "../../../lib/protocol/journal_event.ts";
import { seeded } from "../../../tests/support/random.ts";
import { eachSeed, judgeProgram, type Programs } from "./judge_program.ts";

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
export async function checkActorPrograms(programs: Programs): Promise<ActorProofCounts> {
  const counts: ActorProofCounts = {
    ended: 0,
    hung: 0,
    notJudged: 0,
    proven: 0,
    falseProofs: [],
    latencies: [],
    reasons: new Map(),
  };
  await eachSeed(programs, async (seed) => count(counts, await checkActorProgram(seed)));
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
  const { outcome, journal } = await judgeProgram("actor-program", SCENARIO, {
    remedies,
    set: { program: String(seed) },
    deadlineMs: DEADLINE_MS,
    awaitDeadline: true,
    seed,
  });
  const kind = outcome.kind !== "judged"
    ? "not-judged"
    : outcome.attempt.verdict === "hung"
    ? "hung"
    : "ended";
  return { seed, remedies, outcome: kind, ...replay(journal) };
}

function replay(
  journal: readonly JournalEvent[],
): Pick<CheckedActors, "provenAfterMs" | "refutedBy" | "reasons"> {
  const census = new Census();
  let provenAfterMs: number | null = null;
  let reasons: readonly string[] = [];
  for (const event of journal) {
    const { changes } = census;
    census.add(event);
    if (census.changes === changes) continue;
    if (provenAfterMs !== null) {
      return { provenAfterMs, refutedBy: `${event.actor} ${event.kind}`, reasons };
    }
    const finding = prove(
      census,
      (modules, of) =>
        foreignSources(
          of === "living" ? [SCENARIO, ...modules] : modules,
          resolveByLooks,
          LIBRARY,
          of,
        ),
    );
    if (finding.kind === "proven") provenAfterMs = event.t - finding.quietSinceMs;
    else reasons = finding.reasons;
  }
  return { provenAfterMs, refutedBy: null, reasons };
}
