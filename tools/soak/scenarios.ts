/**
 * Repeats every scenario in both directions, idle and with every core busy, and compares each attempt with what the
 * scenario declares.
 *
 * @module
 */

import type { ScenarioFacts } from "../../lib/protocol/journal_event.ts";
import type { Attempt, ResultDocument } from "../../lib/model/result.ts";
import { startLoad } from "./load.ts";
import { leftoverFiles, leftoverProcesses } from "./leftovers.ts";
import { callUnwedge } from "./unwedge_process.ts";

/** One row of the soak: a scenario in one direction, idle or loaded. */
export interface SoakRow {
  readonly name: string;
  readonly remedies: readonly string[];
  readonly loaded: boolean;
  readonly attempts: number;
  /** What was not as declared, one line each. */
  readonly wrong: readonly string[];
}

/** How often and with how many at once. */
export interface SoakOptions {
  readonly repeat: number;
  readonly jobs: number;
  /** Only these scenarios, all when empty. */
  readonly only: readonly string[];
}

/** Soaks every scenario; calls `onRow` after each row. */
export async function soakScenarios(
  options: SoakOptions,
  onRow: (row: SoakRow) => void,
): Promise<SoakRow[]> {
  const rows: SoakRow[] = [];
  for (const facts of await catalog(options.only)) {
    const directions = facts.fixedBy.length === 0 ? [[]] : [[], facts.fixedBy];
    for (const remedies of directions) {
      for (const loaded of [false, true]) {
        const row = await soakOne(facts, remedies, loaded, options);
        rows.push(row);
        onRow(row);
      }
    }
  }
  return rows;
}

/** What scenarios say of themselves: those named, or all. */
export async function catalog(only: readonly string[]): Promise<ScenarioFacts[]> {
  const dir = new URL("../../scenarios/", import.meta.url);
  const urls = [...Deno.readDirSync(dir)].map(({ name }) => new URL(name, dir).href).filter((url) =>
    url.endsWith(".ts")
  );
  const describe = new URL("../../lib/subject/inside/describe.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", describe, ...urls.sort()],
  }).output();
  const described = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly facts: ScenarioFacts;
  }[];
  return described.map(({ facts }) => facts).filter(({ name }) =>
    only.length === 0 || only.includes(name)
  );
}

async function soakOne(
  facts: ScenarioFacts,
  remedies: readonly string[],
  loaded: boolean,
  { repeat, jobs }: SoakOptions,
): Promise<SoakRow> {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-soak-" });
  const load = loaded ? startLoad() : null;
  try {
    const remedy = remedies.length === 0 ? "none" : remedies.join(",");
    const { code, stdout, stderr } = await callUnwedge(
      [
        "repro",
        facts.name,
        "--remedy",
        remedy,
        "--repeat",
        `${repeat}`,
        "--jobs",
        `${jobs}`,
        "--json",
        "-o",
        dir,
      ],
    );
    const wrong: string[] = [];
    const document = parsed(stdout);
    const attempts = document?.scenarios[0]?.attempts ?? [];
    if (attempts.length !== repeat) {
      wrong.push(`${attempts.length} attempts of ${repeat}, exit ${code}: ${stderr.slice(-400)}`);
    }
    attempts.forEach((attempt, i) =>
      wrong.push(...complaints(attempt, facts, remedies).map((what) => `#${i + 1} ${what}`))
    );
    wrong.push(...leftoverProcesses(dir).map((what) => `left process ${what}`));
    wrong.push(...leftoverFiles(dir).map((what) => `left file ${what}`));
    return { name: facts.name, remedies, loaded, attempts: attempts.length, wrong };
  } finally {
    await load?.stop();
    Deno.removeSync(dir, { recursive: true });
  }
}

function parsed(text: string): ResultDocument | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What about an attempt is not as the scenario declares. */
export function complaints(
  attempt: Attempt,
  facts: ScenarioFacts,
  remedies: readonly string[],
): string[] {
  const { expected } = facts;
  const wanted = remedies.length > 0
    ? expected.withRemedies ?? { verdict: "finished", class: null, owner: null }
    : { verdict: expected.verdict, class: expected.class, owner: expected.owner };
  const seen = { verdict: attempt.verdict, class: attempt.class, owner: attempt.owner };
  const found: string[] = [];
  if (JSON.stringify(seen) !== JSON.stringify(wanted)) {
    found.push(
      `saw ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}; missing ${
        attempt.missing.join("; ")
      }`,
    );
  }
  const proven = remedies.length === 0 && (expected.proven ?? false);
  if (remedies.length === 0 && wanted.verdict === "hung" && attempt.proven !== proven) {
    found.push(`${attempt.proven ? "was" : "was not"} proven: ${JSON.stringify(attempt.proof)}`);
  }
  if (wanted.verdict === "finished" && attempt.dump !== null) {
    found.push("took a dump of a run that finished");
  }
  const silent = attempt.dump?.isolates.some(({ state }) => state === "native-blocked") ?? false;
  if (
    attempt.dump !== null && !attempt.dump.complete && !(silent && wanted.class === "stuck-child")
  ) {
    found.push(`incomplete dump: ${JSON.stringify(attempt.dump.missing)}`);
  }
  if (
    wanted.verdict === "hung" && expected.ctrlC === "unwedges" && attempt.sigint?.unwedged !== true
  ) {
    found.push(`Ctrl-C did not unwedge it: ${JSON.stringify(attempt.sigint)}`);
  }
  if (wanted.verdict === "hung" && expected.ctrlC === "in-vain") {
    if (attempt.sigint?.actedMs == null || attempt.sigint.unwedged) {
      found.push(`Ctrl-C was not acted on in vain: ${JSON.stringify(attempt.sigint)}`);
    }
  }
  if (wanted.verdict === "hung" && expected.ctrlC === "ignored") {
    const certificate = attempt.sigint?.certificate ?? null;
    const complete = certificate !== null && certificate.caught && certificate.nothingPending &&
      certificate.blockingFrame !== null &&
      (certificate.handledAfterFreeMs !== null || certificate.freedBy === null);
    if (attempt.sigint?.actedMs !== null || !complete) {
      found.push(`no whole certificate of starvation: ${JSON.stringify(attempt.sigint)}`);
    }
  }
  return found;
}
