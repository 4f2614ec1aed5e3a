/**
 * Diagnoses every hang of the catalog: what the remedies confirm must be the declared class, and the whole may take at
 * most three times as long as one `repro` of the same scenario. Both are measured one after the other, each as a
 * process as a person would start it.
 *
 *     deno run -A tools/soak/diagnose.ts [--only NAME,NAME]
 *
 * @module
 */

import type { ScenarioFacts } from "../../lib/protocol/journal_event.ts";
import type { DiagnosisReport } from "../../lib/model/diagnosis.ts";
import type { Attempt, ResultDocument } from "../../lib/model/result.ts";
import { flagsOrExit, scenarioNames } from "../flags.ts";
import { leftoverProcesses } from "./leftovers.ts";
import { catalog } from "./scenarios.ts";
import { callUnwedge } from "./unwedge_process.ts";

/** How many times as long as `repro` it may take. */
const ALLOWED = 3;

/** One scenario, diagnosed. */
export interface DiagnoseRow {
  readonly name: string;
  readonly class: string | null;
  readonly diagnosis: DiagnosisReport | null;
  readonly reproMs: number;
  readonly diagnoseMs: number;
  /** What is not as it must be, one line each. */
  readonly wrong: readonly string[];
}

/** Diagnoses the hangs among the scenarios; calls `onRow` after each. */
export async function soakDiagnose(
  only: readonly string[],
  onRow: (row: DiagnoseRow) => void,
): Promise<DiagnoseRow[]> {
  const rows: DiagnoseRow[] = [];
  for (const facts of await catalog(only)) {
    const { verdict } = facts.expected;
    if (verdict !== "hung" && verdict !== "leaked") continue;
    const row = await diagnoseOne(facts);
    rows.push(row);
    onRow(row);
  }
  return rows;
}

async function diagnoseOne({ name, expected }: ScenarioFacts): Promise<DiagnoseRow> {
  const repro = await timed("repro", name);
  const diagnosed = await timed("diagnose", name);
  const { attempt } = diagnosed;
  const diagnosis = attempt?.diagnosis ?? null;
  const wrong = [...diagnosed.wrong];
  if (attempt?.class !== expected.class) {
    wrong.push(`class ${attempt?.class}, not ${expected.class}`);
  }
  if (diagnosis === null) wrong.push("there is no diagnosis");
  else if (diagnosis.confirmation.kind !== "confirmed") {
    const { kind, because } = diagnosis.confirmation;
    wrong.push(`${kind}: ${because.join("; ")}`);
  }
  for (const { name, outcome } of diagnosis?.trials ?? []) {
    if (outcome.kind === "void") wrong.push(`${name} is void: ${outcome.why}`);
  }
  if (diagnosed.ms > ALLOWED * repro.ms) {
    wrong.push(`took ${(diagnosed.ms / repro.ms).toFixed(1)} times as long as repro`);
  }
  const times = { reproMs: repro.ms, diagnoseMs: diagnosed.ms };
  return { name, class: attempt?.class ?? null, diagnosis, ...times, wrong };
}

interface Timed {
  readonly attempt: Attempt | null;
  readonly ms: number;
  readonly wrong: readonly string[];
}

async function timed(verb: string, name: string): Promise<Timed> {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-soak-" });
  try {
    const from = performance.now();
    const { code, stdout, stderr } = await callUnwedge([verb, name, "--json", "-o", dir]);
    const ms = Math.round(performance.now() - from);
    const wrong = leftoverProcesses(dir).map((what) => `left process ${what}`);
    try {
      const document: ResultDocument = JSON.parse(stdout);
      return { attempt: document.scenarios[0]?.attempts[0] ?? null, ms, wrong };
    } catch {
      return { attempt: null, ms, wrong: [...wrong, `exit ${code}: ${stderr.slice(-400)}`] };
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** A row in one line, for people. */
export function diagnoseLine(row: DiagnoseRow): string {
  const { name, class: className, diagnosis, reproMs, diagnoseMs } = row;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`.padStart(7);
  const { nursery = null, process = null } = diagnosis?.smallest ?? {};
  const smallest = [...new Set([nursery, process])].filter((each) => each !== null).join("; ");
  return [
    name.padEnd(22),
    (className ?? "none").padEnd(17),
    (diagnosis?.confirmation.kind ?? "none").padEnd(11),
    seconds(reproMs),
    seconds(diagnoseMs),
    `${(diagnoseMs / reproMs).toFixed(1)}x`.padStart(5),
    ` ${diagnosis?.replicas ?? 0} copies `,
    smallest,
  ].join(" ");
}

if (import.meta.main) {
  let wrong = 0;
  const { only } = flagsOrExit("Usage: deno run -A tools/soak/diagnose.ts [--only A,B]", {
    only: { kind: "names", known: scenarioNames(), about: "the scenarios that are diagnosed" },
  });
  await soakDiagnose(only, (row) => {
    console.log(diagnoseLine(row));
    console.log(`      ${row.diagnosis?.cause ?? "no cause"}`);
    for (const each of row.wrong) console.log(`      WRONG ${each}`);
    wrong += row.wrong.length;
  });
  console.log(wrong === 0 ? "nothing wrong" : `${wrong} things wrong`);
  Deno.exit(wrong === 0 ? 0 : 1);
}
