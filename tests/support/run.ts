/**
 * Runs the fixture subject, or a real scenario, for the tests of the harness.
 *
 * @module
 */

import { JournalReader } from "../../lib/protocol/journal_reader.ts";
import type { JournalEvent } from "../../lib/protocol/journal_event.ts";
import type { Attempt } from "../../lib/model/result.ts";
import type { OnHang } from "../../lib/run/hung_run.ts";
import type { RunConsole } from "../../lib/run/run_console.ts";
import type { RunEvent } from "../../lib/run/run_event.ts";
import { type RunOutcome, type RunRequest, runScenario } from "../../lib/run/run_scenario.ts";
import { REQUEST } from "./scenario_facts.ts";
import { REAL_TOOLS, type RunTools } from "../../lib/run/run_tools.ts";

/** The harness with the fixture in the subject's place. */
export const FIXTURE_TOOLS: RunTools = {
  ...REAL_TOOLS,
  permissions: () => ["-A"],
  entry: new URL("../../fixtures/programs/harness_subject.ts", import.meta.url),
};

/** What came out of a run, and what it left in its directory. */
export interface TestRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly journal: readonly JournalEvent[];
  readonly stdout: string;
  readonly stderr: string;
  /** The subject, which must be gone. */
  readonly pid: number;
}

/** How a run differs from the usual one. */
export interface TestRunOptions {
  readonly set?: Readonly<Record<string, string>>;
  readonly request?: Partial<RunRequest>;
  readonly tools?: Partial<RunTools>;
  readonly stop?: AbortSignal;
  readonly kill?: AbortSignal;
  readonly onHang?: OnHang;
  readonly console?: RunConsole;
  readonly onEvent?: (event: RunEvent) => void;
  /** Called with the run directory before the subject is started. */
  readonly prepare?: (runDir: string) => void;
}

/** A test of runs. Its 90 s are far more than any takes. */
export function runTest(name: string, test: () => Promise<void>): void {
  Deno.test(name, { timeout: 90_000 }, test);
}

/** Runs the fixture in a temporary directory. */
export function runFixture(act: string, options: TestRunOptions = {}): Promise<TestRun> {
  return runRequest(
    (runDir) => ({
      ...fixtureRequest(act, runDir),
      set: { act, ...options.set },
      ...options.request,
    }),
    { ...FIXTURE_TOOLS, ...options.tools },
    options,
  );
}

/** Runs one of the scenarios, with the real subject. */
export function runReal(name: string, options: TestRunOptions = {}): Promise<TestRun> {
  const file = `../../scenarios/${name.replaceAll("-", "_")}.ts`;
  return runFile(new URL(file, import.meta.url), {
    ...options,
    request: { name, ...options.request },
  });
}

/** Runs a scenario file, with the real subject. */
export function runFile(file: URL, options: TestRunOptions = {}): Promise<TestRun> {
  return runRequest(
    (runDir) => ({
      ...fixtureRequest("", runDir),
      set: options.set ?? {},
      name: file.pathname,
      scenarioUrl: file.href,
      graceMs: 2_000,
      ...options.request,
    }),
    { ...REAL_TOOLS, ...options.tools },
    options,
  );
}

async function runRequest(
  request: (runDir: string) => RunRequest,
  tools: RunTools,
  options: TestRunOptions,
): Promise<TestRun> {
  const runDir = Deno.makeTempDirSync({ prefix: "unwedge-harness-" });
  const events: RunEvent[] = [];
  try {
    options.prepare?.(runDir);
    const outcome = await runScenario(request(runDir), {
      ...options,
      tools,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event);
      },
    });
    const started = events.find((event) => event.type === "subject-started");
    return {
      outcome,
      events,
      journal: new JournalReader(`${runDir}/journal.msgpack`).read(),
      stdout: textOf(`${runDir}/stdout.log`),
      stderr: textOf(`${runDir}/stderr.log`),
      pid: started?.type === "subject-started" ? started.pid : -1,
    };
  } finally {
    Deno.removeSync(runDir, { recursive: true });
  }
}

/** For the fixture that does `until-file`: it joins once it is told to. */
export function joinsWhenTold(): { prepare: (runDir: string) => void; join: () => void } {
  let joins = "";
  return {
    prepare: (runDir) => void (joins = `${runDir}/joins`),
    join: () => Deno.writeTextFileSync(joins, ""),
  };
}

/** The request that the tests start from. */
export function fixtureRequest(act: string, runDir: string): RunRequest {
  return {
    ...REQUEST,
    scenarioUrl: "file:///fixture.ts",
    name: "harness-fixture",
    runDir,
    set: { act },
    graceMs: 500,
    sampleGapMs: 50,
    slowMs: 10_000,
  };
}

/** The attempt of a run that was judged. */
export function judged(run: TestRun): Attempt {
  if (run.outcome.kind !== "judged") {
    throw new Error(`not judged but ${JSON.stringify(run.outcome)}; stderr: ${run.stderr}`);
  }
  return run.outcome.attempt;
}

/** A test may have put a pipe in its place, which must not be read. */
function textOf(path: string): string {
  return Deno.statSync(path).isFile ? Deno.readTextFileSync(path) : "";
}
