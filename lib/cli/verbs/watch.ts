/**
 * `watch [flags] -- CMD…`: runs a command of the user's with its streams untouched, and says why it does not end when it
 * does not. The exit code is the command's own when nothing hangs.
 *
 * @module
 */

import type { Invocation } from "../invocation.ts";
import { documentText } from "../../run/result/document.ts";
import { makeStyle } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import { Interrupts } from "../terminal/interrupts.ts";
import { OperatorControls } from "../terminal/operator_controls.ts";
import { writeOutputs } from "../suite/outputs.ts";
import type { Attempt } from "../../model/result.ts";
import { writeAtomic } from "../../run/run_dir.ts";
import { onHangOf } from "../terminal/on_hang.ts";
import { watchOptions } from "./watch_options.ts";
import { type Interim, runWatched } from "./watch_run.ts";

/**
 * Runs, writes the files, prints where there is something to say.
 *
 * @returns the exit code
 * @throws {CommandLineError} for anything that was typed wrong
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function watch(invocation: Invocation): Promise<number> {
  const { streams } = invocation;
  const options = watchOptions(invocation);
  const color = wantsColor(options.color, streams.errIsTerminal);
  const say = (text: string) => {
    if (options.amount !== "quiet") streams.err(`unwedge: ${text}\n`);
  };
  const print = (text: string) => streams.err(text);
  // No line of progress: the terminal is the command's.
  const progress = { say, print, hold() {}, release() {}, stopping() {}, end() {} };
  let asItStands: ((attempt: Attempt) => Interim) | null = null;
  const asked = { ...options, repeat: 1, untilHang: false, jobs: 1 };
  const { mode } = onHangOf(invocation, asked);
  const controls = new OperatorControls({
    // The keys are the command's until the menu opens.
    choice: { mode: mode === "triage" ? mode : "report", keys: false },
    streams,
    progress,
    color,
    signal: (signal) => interrupts.receive(signal),
    decided: ({ kind }) => kind === "continue" ? interrupts.rearm() : interrupts.concede(),
    writeReport: async (attempt) => {
      if (asItStands === null) throw new Error("the command has not been started yet");
      const { runDir, document } = asItStands(attempt);
      const { writeDump } = await import("./repro_files.ts");
      const { writeWatchedReport } = await import("./watched_page.ts");
      await writeAtomic(`${runDir}/result.json`, documentText(document));
      await writeDump(attempt, runDir);
      return await writeWatchedReport(document, runDir, options);
    },
  });
  using interrupts = Interrupts.during(progress, controls, streams.lost);
  const run = await runWatched(options, invocation, interrupts, controls, say, (interim) => {
    asItStands = interim;
  });
  await controls[Symbol.asyncDispose]();
  if (run.kind === "not-started") {
    streams.err(`unwedge: ${run.message}\n`);
    return run.exitCode;
  }
  const { runDir } = run;
  const document = await writeOutputs(run.document, runDir, options, streams, {
    first: async () => {
      if (run.attempt === null || run.attempt.dump === null) return;
      const { writeDump } = await import("./repro_files.ts");
      await writeDump(run.attempt, runDir);
    },
    last: async (ended) => {
      if (run.attempt === null || run.attempt.dump === null) return;
      const { writeWatchedReport } = await import("./watched_page.ts");
      await writeWatchedReport(ended, runDir, options);
    },
  });
  interrupts.finish();
  if (options.format === "json") streams.out(documentText(document));
  if (run.message !== null) streams.err(`unwedge: cannot judge the command: ${run.message}\n`);
  const verdict = run.attempt?.verdict ?? null;
  const checked = options.limits.stop !== null && verdict === "finished";
  const eventful = verdict === "hung" || verdict === "interrupted" || checked;
  if (eventful || (options.amount === "verbose" && verdict !== null)) {
    const { watchedPage } = await import("./watched_page.ts");
    streams.err(watchedPage(document, {
      ...options,
      amount: checked && options.amount === "normal" ? "quiet" : options.amount,
      style: makeStyle(color),
      here: Deno.cwd(),
      columns: columnsOf(streams, "err"),
      runDir,
    }));
  }
  return document.run.exitCode;
}
