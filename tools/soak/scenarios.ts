/**
 * Repeats every scenario in both directions, idle and with every core busy: `smoke` compares each attempt with what the
 * scenario declares, and on top of that nothing may be left behind and no dump may be incomplete without a reason.
 *
 * @module
 */

import { describeScenarios, shippedScenarios } from "../../lib/cli/catalog.ts";
import type { Attempt, ResultDocument } from "../../lib/model/result.ts";
import type { ScenarioFacts } from "../../lib/protocol/journal_event.ts";
import { casesOf, troubleLine } from "../../lib/report/ci/cases.ts";
import { leftoverFiles, leftoverProcesses } from "./leftovers.ts";
import { startLoad } from "./load.ts";
import type { Row } from "./row.ts";
import { unwedge } from "../../tests/support/unwedge.ts";

/** How often and with how many at once. */
export interface SoakOptions {
  readonly repeat: number;
  readonly jobs: number;
  /** Only these scenarios, all when empty. */
  readonly only: readonly string[];
}

/** Soaks every scenario. */
export async function* soakScenarios(options: SoakOptions): AsyncGenerator<Row> {
  for (const { name } of await catalog(options.only)) {
    for (const loaded of [false, true]) yield await soakOne(name, loaded, options);
  }
}

/** What scenarios say of themselves: those named, or all. */
export async function catalog(only: readonly string[]): Promise<ScenarioFacts[]> {
  const described = await describeScenarios(shippedScenarios());
  return described.flatMap((each) => each.ok ? [each.facts] : [])
    .filter(({ name }) => only.length === 0 || only.includes(name));
}

async function soakOne(
  name: string,
  loaded: boolean,
  { repeat, jobs }: SoakOptions,
): Promise<Row> {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-soak-" });
  const load = loaded ? startLoad() : null;
  try {
    const often = ["--repeat", `${repeat}`, "--jobs", `${jobs}`];
    const { code, stdout, stderr } = await unwedge(
      ["smoke", name, ...often, "--github", "off", "--json", "-o", dir],
    );
    const document: ResultDocument | null = stdout === "" ? null : JSON.parse(stdout);
    const attempts = document?.scenarios.flatMap((each) => each.attempts) ?? [];
    const wrong = document === null
      ? [`no result, exit ${code}: ${stderr.slice(-400)}`]
      : casesOf(document).flatMap((each) => troubleLine(each) ?? []);
    wrong.push(...attempts.flatMap(dumpComplaints));
    wrong.push(...leftoverProcesses(dir).map((what) => `left ${what}`));
    wrong.push(...leftoverFiles(dir).map((what) => `left file ${what}`));
    return { name, said: `${attempts.length} runs, ${loaded ? "cores busy" : "idle"}`, wrong };
  } finally {
    await load?.stop();
    Deno.removeSync(dir, { recursive: true });
  }
}

/** A run that finished has no dump; an incomplete dump has an isolate in native code, which answers nothing. */
function dumpComplaints({ verdict, class: className, dump }: Attempt): string[] {
  if (dump === null) return [];
  if (verdict === "finished") return ["took a dump of a run that finished"];
  const silent = dump.isolates.some(({ state }) => state === "native-blocked");
  if (dump.complete || (silent && className === "stuck-child")) return [];
  return [`incomplete dump: ${JSON.stringify(dump.missing)}`];
}
