/**
 * The frame around a run of many scenarios: selection, directory, progress, signals, files. What is run inside of it,
 * and how it is shown, is the verb's.
 *
 * @module
 */

import { DEFAULTS } from "../defaults.ts";
import type { ResultDocument } from "../../model/result.ts";
import { wantsColor } from "../terminal/color.ts";
import { openEventFile } from "../streams.ts";
import { Interrupts } from "../terminal/interrupts.ts";
import type { Invocation } from "../invocation.ts";
import { OperatorControls } from "../terminal/operator_controls.ts";
import type { SuiteOptions } from "./options.ts";
import { writeOutputs } from "./outputs.ts";
import { select, type Selection, whoGets } from "./selection.ts";
import { SuiteProgress } from "./progress.ts";
import { createRunDir } from "../../run/run_dir.ts";
import { Suite } from "./suite.ts";
import { loadLater } from "../../os/load_later.ts";

/** Exit code when the shard, or the catalog, is empty. */
const NOTHING_SELECTED = 4;

/** A run that is over, its files written. */
export interface CarriedOut {
  readonly document: ResultDocument;
  readonly runDir: string;
}

/**
 * Carries out.
 *
 * @param sigintProbe whether hung subjects are sent a SIGINT
 * @param work runs what the verb wants to be run, and gives the exit code for when all of it is as declared
 * @throws {UsageError} when what was named does not exist
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function carryOut(
  { verb, words, argv, tools, streams }: Invocation,
  options: SuiteOptions,
  sigintProbe: boolean,
  work: (suite: Suite, selection: Selection) => Promise<number>,
): Promise<CarriedOut> {
  const { amount, color, slowMs, shard, jobs, failFast, seed, format, set } = options;
  if (amount !== "quiet") streams.err(`unwedge: ${verb}: reading the scenarios, seed ${seed}\n`);
  const selection = await select(words, shard, set);
  if (amount !== "quiet") {
    for (const line of whoGets(set, selection.scenarios)) {
      streams.err(`unwedge: ${verb}: ${line}\n`);
    }
  }
  const runDir = createRunDir(
    options.outDir === null
      ? { kind: "fresh", baseDir: DEFAULTS.baseDir }
      : { kind: "at", path: options.outDir },
  );
  // Each of the attempts has a journal.
  Deno.removeSync(`${runDir}/journal.msgpack`);
  const ownColor = wantsColor(color, streams.errIsTerminal);
  const progress = new SuiteProgress(verb, streams, { amount, color: ownColor, slowMs });
  // The operator is not asked about one hang of many, but can have all of them dumped, or suspended.
  const controls = OperatorControls.unattended({ streams, progress, color: ownColor });
  using interrupts = Interrupts.during(progress, controls, streams.lost);
  using stream = openEventFile(runDir, format === "events" ? streams : null);
  const empty = selection.scenarios.length + selection.broken.length === 0;
  let document: ResultDocument;
  try {
    const suite = new Suite({
      verb,
      runDir,
      options,
      sigintProbe,
      jobs,
      failFast,
      diagnosing: options.diagnose
        ? (await loadLater<typeof import("./diagnose_hangs.ts")>(
          import.meta.resolve("./diagnose_hangs.ts"),
        )).diagnosingWithin(stream.log)
        : null,
      shard: shard === null ? null : `${shard.index}/${shard.total}`,
      argv,
      tools,
      log: stream.log,
      progress,
      interrupts,
      controls,
    });
    suite.addBroken(selection.broken);
    const code = await work(suite, selection);
    document = suite.finish(empty ? NOTHING_SELECTED : code);
  } finally {
    progress.end();
  }
  if (empty) {
    const where = shard === null ? "here" : `in shard ${shard.index}/${shard.total}`;
    streams.err(`unwedge: none of the ${selection.ofAll} scenarios is ${where}\n`);
  }
  return { document: await writeOutputs(document, runDir, options, streams), runDir };
}
