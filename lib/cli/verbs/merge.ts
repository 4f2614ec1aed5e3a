/**
 * `merge DIR… -o DIR`: joins the run directories of the shards of one run into one, with one result and one JUnit file.
 * The exit code is that of the joined run.
 *
 * @module
 */

import { createRunDir } from "../../run/run_dir.ts";
import { MergeError, mergeResults } from "../../run/result/merge.ts";
import { NoResultError, readResult } from "../../report/read_result.ts";
import { makeStyle } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { resolve, shortest } from "../paths.ts";
import { smokePage } from "./smoke_page.ts";
import { githubWanted, pageStacksWanted, stacksWanted } from "../outputs_wanted.ts";
import { addSummary, againOf, writeOutputs } from "../suite/outputs.ts";
import { CommandLineError } from "../command_line_error.ts";

/**
 * Reads, joins, writes, prints.
 *
 * @returns the exit code of the joined run
 * @throws {CommandLineError} when a directory holds no run, or the runs do not belong together
 * @throws {RunDirError} when the new directory cannot be written
 */
export async function merge({ words, settings, streams, argv }: Invocation): Promise<number> {
  const outDir = settings.text("out-dir");
  if (words.length === 0) {
    throw new CommandLineError("merge needs the run directories of the shards");
  }
  if (outDir === null) throw new CommandLineError("merge needs -o DIR, where the joined run goes");
  const target = resolve(outDir);
  const inputs = words.map((dir) => {
    if (resolve(dir) === target) {
      throw new CommandLineError(`-o ${outDir} is one of the directories to merge`);
    }
    return {
      dir: dir.length > 1 ? dir.replace(/\/+$/, "") : dir,
      document: orUsage(() => readResult(dir)),
    };
  });
  const id = target.slice(target.lastIndexOf("/") + 1);
  const merged = orUsage(() =>
    // The files stay where they are; the result says where that is.
    mergeResults(inputs, { id, argv }, (input, dir) => `${resolve(input.dir)}/${dir}`)
  );
  const shown = stacksWanted(settings);
  const path = createRunDir({ kind: "at", path: target });
  Deno.removeSync(`${path}/journal.msgpack`);
  const junit = settings.text("junit") ?? `${path}/junit.xml`;
  const document = await writeOutputs(merged, path, { junit, github: false, ...shown }, streams);
  if (githubWanted(settings)) await addSummary(document, shown, streams);
  const taken = settings.text("junit") === "-";
  const color = settings.choice("color", ["auto", "always", "never"]);
  const page = smokePage(document, {
    style: makeStyle(wantsColor(color, taken ? streams.errIsTerminal : streams.outIsTerminal)),
    here: Deno.cwd(),
    again: againOf(document),
    runDir: shortest(target),
    stacks: pageStacksWanted(settings),
    columns: columnsOf(streams, taken ? "err" : "out"),
    quiet: settings.switch("quiet") ?? false,
  });
  if (taken) streams.err(page);
  else streams.out(page);
  return document.run.exitCode;
}

/** What is wrong with a directory is a mistake of the person, or of the CI job that names it. */
function orUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof MergeError || cause instanceof NoResultError) {
      throw new CommandLineError(cause.message);
    }
    throw cause;
  }
}
