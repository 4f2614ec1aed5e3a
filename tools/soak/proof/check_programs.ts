/**
 * Holds the prover against random programs, one after the other: asks it again and again while a program runs, and
 * waits to see what really happens.
 *
 * @module
 */

import { FACTS } from "../../../tests/support/scenario_facts.ts";
import { setActivityListener } from "../../../lib/actor/identity.ts";
import { takeWaits } from "../../../lib/actor/waits.ts";
import { Census } from "../../../lib/diagnose/proof/census.ts";
import { prove } from "../../../lib/diagnose/proof/prove.ts";
import { LONGEST_MS, type Program, randomProgram, shownBySource } from "./program.ts";
import { seeded } from "../../../tests/support/random.ts";
import { startProgram } from "./run_program.ts";

/** How it went. */
export interface ProofCounts {
  ended: number;
  hung: number;
  /** Of those that hung. */
  proven: number;
  readonly falseProofs: Program[];
  /** Why the others that hung were not proven to, with how often. */
  readonly reasons: Map<string, number>;
}

/**
 * Checks programs with consecutive seeds. One at a time: what stands still is an isolate, so two in one would keep each
 * other from being proven.
 */
export async function checkPrograms(
  { programs, seed, onProgress }: {
    readonly programs: number;
    readonly seed: number;
    readonly onProgress?: (done: number) => void;
  },
): Promise<ProofCounts> {
  const counts: ProofCounts = { ended: 0, hung: 0, proven: 0, falseProofs: [], reasons: new Map() };
  for (let done = 0; done < programs; done++) {
    const checked = await checkProgram(seed + done);
    if (checked.kind === "ended") counts.ended++;
    else if (checked.kind === "false-proof") counts.falseProofs.push(checked.program);
    else {
      counts.hung++;
      if (checked.proven) counts.proven++;
      else countReason(counts.reasons, checked.reasons[0] ?? "the prover was not asked");
    }
    onProgress?.(done + 1);
  }
  return counts;
}

function countReason(reasons: Map<string, number>, reason: string): void {
  const kind = reason.replace(/\d+/g, "N");
  reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
}

/** What came of it. */
type Checked =
  /** It ended, and was not proven to hang. */
  | { readonly kind: "ended" }
  /** It hangs. `proven`: and that was proven; otherwise why not. */
  | { readonly kind: "hung"; readonly proven: boolean; readonly reasons: readonly string[] }
  /** It was proven to hang, and then moved: the worst that can be. */
  | { readonly kind: "false-proof"; readonly program: Program };

/** Turns of the loop without activity after which the prover is asked; fewer than in a subject, to make it harder. */
const QUIET_TURNS = 2;
/**
 * Nothing in a program takes longer than its timers one after the other; a hang has lasted this long without activity.
 */
const HANG_MS = 3 * LONGEST_MS;
/** On a starved machine time passes without a turn, and nothing can move in it. */
const HANG_TURNS = 12;

/** Checks the program with this seed. */
async function checkProgram(seed: number): Promise<Checked> {
  const program = randomProgram(seed, seeded(seed));
  let moves = 0;
  setActivityListener(() => {
    moves++;
  });
  const running = startProgram(program);
  try {
    const foreign = shownBySource(program) ? ["its source has a timer of the platform"] : [];
    let reasons: readonly string[] = [];
    let provenAt: number | null = null;
    let seen = moves;
    let quietTurns = 0;
    let since = performance.now();
    while (!running.hasEnded()) {
      await turn();
      if (moves !== seen) {
        if (provenAt !== null) return { kind: "false-proof", program };
        seen = moves;
        quietTurns = 0;
        since = performance.now();
      } else if (++quietTurns >= QUIET_TURNS && provenAt === null) {
        const finding = ask(foreign);
        if (finding.kind === "proven") provenAt = performance.now();
        else reasons = finding.reasons;
      }
      if (performance.now() - since > HANG_MS && quietTurns > HANG_TURNS) {
        return { kind: "hung", proven: provenAt !== null, reasons };
      }
    }
    return provenAt === null ? { kind: "ended" } : { kind: "false-proof", program };
  } finally {
    setActivityListener(null);
    running.unwedge();
    await running.ended;
  }
}

function ask(foreign: readonly string[]) {
  const census = new Census();
  const at = { t: 0, actor: "root" };
  census.add({ ...at, kind: "scenario", facts: FACTS, remedies: [] });
  census.add({ ...at, kind: "waits", waits: takeWaits(0) });
  return prove(census, () => foreign);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
