/**
 * The files of a run that are written once it is over: for each attempt that was looked into `dump.txt` and
 * `dump.json`, and for the run `result.json`. Each is whole or absent.
 *
 * @module
 */

import { writeAtomic } from "../harness/run_dir.ts";
import { documentText } from "../report/document.ts";
import type { Dump } from "../report/result.ts";
import type { JudgedAttempt, ReproRun } from "./repro_run.ts";

/**
 * Writes the files.
 *
 * @throws {RunDirError} when one cannot be written
 */
export async function writeFiles({ runDir, document, judged }: ReproRun): Promise<void> {
  for (const each of judged) await writeDump(each);
  await writeAtomic(`${runDir}/result.json`, documentText(document));
}

async function writeDump({ attempt, runDir }: JudgedAttempt): Promise<void> {
  if (attempt.dump === null) return;
  const { renderDumpText } = await import("../report/dump_text.ts");
  const text = renderDumpText(attempt.dump, { stacks: "full", internalFrames: true, color: false });
  await writeAtomic(`${runDir}/dump.txt`, `${text.trimEnd()}\n`);
  await writeAtomic(`${runDir}/dump.json`, dumpJson(attempt.dump));
}

function dumpJson(dump: Dump): string {
  return `${JSON.stringify({ schema: "unwedge/dump@1", ...dump }, null, 2)}\n`;
}
