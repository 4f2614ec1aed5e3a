/**
 * The files of a run that are written once it is over: for each attempt that was looked into `dump.txt` and
 * `dump.json`, and for the run `report.txt` and `result.json`. Each is whole or absent.
 *
 * @module
 */

import { writeAtomic } from "../../run/run_dir.ts";
import { documentText } from "../../run/result/document.ts";
import type { Attempt, ResultDocument } from "../../model/result.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import { worstOf } from "../../report/worst.ts";
import type { Dump } from "../../model/dump.ts";
import type { ReproRun } from "./repro_run.ts";
import { loadLater } from "../../os/load_later.ts";

/**
 * Writes the files.
 *
 * @throws {RunDirError} when one cannot be written
 */
export async function writeFiles(run: ReproRun, shown: StacksShown): Promise<void> {
  await writeDumps(run);
  await writeReport(run.document, run.runDir, shown);
  await writeAtomic(`${run.runDir}/result.json`, documentText(run.document));
}

/**
 * Writes the whole report, `report.txt`; nothing for a run that finished.
 *
 * @throws {RunDirError} when it cannot be written
 */
export async function writeReport(
  document: ResultDocument,
  runDir: string,
  shown: StacksShown,
): Promise<void> {
  const verdict = worstOf(document.scenarios.flatMap(({ attempts }) => attempts))?.verdict;
  if (verdict === undefined || verdict === "finished") return;
  const { REPORT_FILE, wholeReport } = await import("./repro_page.ts");
  await writeAtomic(`${runDir}/${REPORT_FILE}`, await wholeReport(document, runDir, shown));
}

/**
 * Writes the dumps of all attempts.
 *
 * @throws {RunDirError} when one cannot be written
 */
export async function writeDumps({ judged }: Pick<ReproRun, "judged">): Promise<void> {
  for (const { attempt, runDir } of judged) await writeDump(attempt, runDir);
}

/**
 * Writes `dump.txt` and `dump.json` of an attempt that was looked into.
 *
 * @throws {RunDirError} when one cannot be written
 */
export async function writeDump({ dump }: Attempt, runDir: string): Promise<void> {
  if (dump === null) return;
  const { renderDumpText } = await loadLater<typeof import("../../report/text/dump_text.ts")>(
    import.meta.resolve("../../report/text/dump_text.ts"),
  );
  const text = renderDumpText(dump, { stacks: "full", internalFrames: true, color: false });
  await writeAtomic(`${runDir}/dump.txt`, `${text.trimEnd()}\n`);
  await writeAtomic(`${runDir}/dump.json`, dumpJson(dump));
}

function dumpJson(dump: Dump): string {
  return `${JSON.stringify({ schema: "unwedge/dump@1", ...dump }, null, 2)}\n`;
}
