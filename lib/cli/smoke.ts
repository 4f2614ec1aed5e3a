/**
 * `smoke [NAME…]`: every scenario in both directions, with no remedy and with its declared set on; the exit code says
 * whether all was as declared. The CI job.
 *
 * @module
 */

import { makeStyle } from "../report/style.ts";
import { wantsColor } from "./color.ts";
import { openEventFile } from "./event_file.ts";
import { CANNOT_JUDGE } from "./exit_code.ts";
import { Interrupts } from "./interrupts.ts";
import type { Invocation } from "./invocation.ts";
import { shortest } from "./paths.ts";
import { type SuiteOptions, suiteOptions } from "./suite/options.ts";
import { againOf, writeOutputs } from "./suite/outputs.ts";
import { SuiteProgress } from "./suite/progress.ts";
import { suiteRunDir } from "./suite/run_dir.ts";
import { select, type Selection } from "./suite/selection.ts";
import { type Cell, Suite } from "./suite/suite.ts";
import type { ResultDocument } from "../report/result.ts";

/** Exit code when the shard, or the catalog, is empty. */
const NOTHING_SELECTED = 4;

/**
 * Runs, compares, writes the files, prints.
 *
 * @returns the exit code
 * @throws {UsageError} for anything that was typed wrong
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function smoke(invocation: Invocation): Promise<number> {
  const { streams, words } = invocation;
  const options = await suiteOptions(invocation);
  const { amount, color, slowMs } = options;
  if (amount !== "quiet") {
    streams.err(`unwedge: smoke: reading the scenarios, seed ${options.seed}\n`);
  }
  const selection = await select(words, options.shard);
  const runDir = suiteRunDir(options.outDir);
  const progress = new SuiteProgress("smoke", streams, {
    amount,
    color: wantsColor(color, streams.errIsTerminal),
    slowMs,
  });
  using interrupts = new Interrupts(
    ({ signal, then }) => progress.say(`${signal}: ${then}`),
    (code) => {
      progress.end();
      Deno.exit(code);
    },
  );
  let document: ResultDocument;
  try {
    document = await runSmoke(invocation, options, selection, runDir, progress, interrupts);
  } finally {
    progress.end();
  }
  const written = await writeAll(document, runDir, options, invocation);
  await print(document, runDir, options, invocation);
  if (selection.scenarios.length + selection.broken.length === 0) {
    streams.err(`unwedge: ${nothing(options, selection)}\n`);
  }
  return written ? document.run.exitCode : CANNOT_JUDGE;
}

async function runSmoke(
  { argv, tools, streams }: Invocation,
  options: SuiteOptions,
  selection: Selection,
  runDir: string,
  progress: SuiteProgress,
  interrupts: Interrupts,
): Promise<ResultDocument> {
  using stream = openEventFile(runDir, options.format === "events" ? streams : null);
  const { log } = stream;
  const { shard, jobs, failFast } = options;
  const suite = new Suite({
    verb: "smoke",
    runDir,
    options,
    sigintProbe: true,
    jobs,
    failFast,
    shard: shard === null ? null : `${shard.index}/${shard.total}`,
    argv,
    tools,
    log,
    progress,
    interrupts,
  });
  suite.addBroken(selection.broken);
  await suite.run(bothDirections(selection, options.repeat));
  const empty = selection.scenarios.length + selection.broken.length === 0;
  return suite.finish(empty ? NOTHING_SELECTED : null);
}

/** Repetition by repetition, so that a stop leaves every scenario run as often as the others. */
function bothDirections({ scenarios }: Selection, repeat: number): Cell[] {
  return scenarios.flatMap((scenario) => {
    const { fixedBy } = scenario.facts;
    const directions = fixedBy.length === 0 ? [[]] : [[], fixedBy];
    return directions.flatMap((remedies) =>
      Array.from({ length: repeat }, (_, index) => ({ scenario, remedies, repetition: index + 1 }))
    );
  });
}

function nothing({ shard }: SuiteOptions, { ofAll }: Selection): string {
  return shard === null
    ? "there are no scenarios"
    : `shard ${shard.index}/${shard.total} has none of the ${ofAll} scenarios`;
}

/** A full disk does not take the result away from the person who waits for it: it is printed all the same. */
async function writeAll(
  document: ResultDocument,
  runDir: string,
  options: SuiteOptions,
  { streams }: Invocation,
): Promise<boolean> {
  try {
    await writeOutputs(document, runDir, options, streams);
    return true;
  } catch (error) {
    streams.err(`unwedge: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

async function print(
  document: ResultDocument,
  runDir: string,
  options: SuiteOptions,
  { streams }: Invocation,
): Promise<void> {
  if (options.format === "json") {
    const { documentText } = await import("../report/document.ts");
    streams.out(documentText(document));
  }
  // stdout may be taken by a document; a person then still reads the page, on stderr.
  const taken = options.format !== "text" || options.junit === "-";
  if (taken && options.amount === "quiet") return;
  const { smokePage } = await import("./smoke_page.ts");
  const page = smokePage(document, {
    style: makeStyle(
      wantsColor(options.color, taken ? streams.errIsTerminal : streams.outIsTerminal),
    ),
    here: Deno.cwd(),
    again: againOf(document),
    runDir: shortest(runDir),
    quiet: options.amount === "quiet",
  });
  if (taken) streams.err(page);
  else streams.out(page);
}
