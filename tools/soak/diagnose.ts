/**
 * Diagnoses every hang of the catalog: what the remedies confirm must be the declared class, and the whole may take at
 * most three times as long as one `repro` of the same scenario. Both are measured one after the other, each as a
 * process as a person would start it.
 *
 * @module
 */

import type { ScenarioFacts } from "../../lib/protocol/journal_event.ts";
import type { DiagnosisReport } from "../../lib/model/diagnosis.ts";
import type { Attempt, ResultDocument } from "../../lib/model/result.ts";
import { unwedge } from "../../tests/support/unwedge.ts";
import { leftoverProcesses } from "./leftovers.ts";
import type { Row } from "./row.ts";
import { catalog } from "./scenarios.ts";

/** How many times as long as `repro` it may take. */
const ALLOWED = 3;

/** Diagnoses the hangs among the scenarios, or among those named. */
export async function* soakDiagnose(only: readonly string[]): AsyncGenerator<Row> {
  for (const facts of await catalog(only)) {
    const { verdict } = facts.expected;
    if (verdict === "hung" || verdict === "leaked") yield await diagnoseOne(facts);
  }
}

async function diagnoseOne({ name, expected }: ScenarioFacts): Promise<Row> {
  const repro = await timed("repro", name);
  const diagnosed = await timed("diagnose", name);
  const { attempt, ms } = diagnosed;
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
  if (ms > ALLOWED * repro.ms) {
    wrong.push(`took ${(ms / repro.ms).toFixed(1)} times as long as repro`);
  }
  const said = `${attempt?.class ?? "none"}; ${diagnosis === null ? "" : shortly(diagnosis)}`;
  return { name: `diagnose ${name}`, said: `${said}; ${seconds(repro.ms)}, ${seconds(ms)}`, wrong };
}

/** What was found, with the smallest remedies. */
function shortly({ confirmation, replicas, smallest, cause }: DiagnosisReport): string {
  const remedies = new Set([smallest.nursery, smallest.process].filter((each) => each !== null));
  const [nursery = "nothing helps", ...process] = remedies;
  return [confirmation.kind, `${replicas} copies`, nursery, ...process, cause ?? "no cause"].join(
    "; ",
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
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
    const { code, stdout, stderr } = await unwedge([verb, name, "--json", "-o", dir]);
    const ms = Math.round(performance.now() - from);
    const wrong = leftoverProcesses(dir).map((what) => `left ${what}`);
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
