/**
 * `repro NAME|FILE`: runs one scenario in a process of its own and says what was observed. The exit code is that of
 * the verdict.
 *
 * @module
 */

import { findScenario, type ScenarioFile } from "../catalog.ts";
import { wantsColor } from "../terminal/color.ts";
import { Interrupts } from "../terminal/interrupts.ts";
import type { Invocation } from "../invocation.ts";
import type { ResultDocument } from "../../model/result.ts";
import { onHangOf } from "../terminal/on_hang.ts";
import { showProgress } from "../terminal/progress/progress.ts";
import type { AttendedRepro } from "./repro_attended.ts";
import { type ReproOptions, reproOptions } from "./repro_options.ts";
import type { ReproRun } from "./repro_run.ts";
import { OperatorControls } from "../terminal/operator_controls.ts";
import { CommandLineError } from "../command_line_error.ts";
import { loadLater } from "../../os/load_later.ts";

/**
 * Runs, writes the files, prints.
 *
 * @returns the exit code
 * @throws {CommandLineError} for anything that was typed wrong, also what only the scenario can know
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function repro(invocation: Invocation): Promise<number> {
  const { streams, words } = invocation;
  const options = await reproOptions(invocation);
  const typedName = await oneScenario(words, "repro");
  const file = await findScenario(typedName);
  const { name } = file;
  const { amount, repeat, color, seed, remedies } = options;
  const choice = onHangOf(invocation, options);
  const ownColor = wantsColor(color, streams.errIsTerminal);
  const progress = await showProgress({ name, seed, remedies, attempts: repeat }, streams, {
    quiet: amount === "quiet",
    verbose: amount === "verbose",
    color: ownColor,
    keys: choice.mode === "triage",
  });
  let attended: AttendedRepro | null = null;
  const controls = new OperatorControls({
    choice,
    streams,
    progress,
    color: ownColor,
    signal: (signal) => interrupts.receive(signal),
    decided: (decision, { because }) => {
      if (decision.kind === "continue") interrupts.rearm();
      else if (because === "interrupted") interrupts.concede();
    },
    writeReport: (attempt) => attended?.writeReport(attempt) ?? Promise.resolve(""),
  });
  using interrupts = Interrupts.during(progress, controls, streams.lost);
  let run: ReproRun;
  try {
    const [{ runRepro }, { AttendedRepro }] = await Promise.all([
      import("./repro_run.ts"),
      import("./repro_attended.ts"),
    ]);
    attended = new AttendedRepro(options);
    const kind = attended.kind(controls);
    const running = runRepro(file, options, invocation, progress, interrupts, kind);
    // While the subject starts there is time to load what is needed at its end.
    Promise.all([import("./repro_files.ts"), import("./repro_print.ts")]).catch(() => {});
    run = await running;
  } finally {
    progress.end();
    await controls[Symbol.asyncDispose]();
  }
  return await writeAndPrint(run, typedName, file, options, invocation, interrupts);
}

/**
 * Writes the files of a run, then prints it.
 *
 * @returns the exit code
 */
export async function writeAndPrint(
  run: ReproRun,
  typedName: string,
  file: ScenarioFile,
  options: ReproOptions,
  invocation: Invocation,
  interrupts: Interrupts,
): Promise<number> {
  const document = await writeAll(run, options, invocation);
  // The files are written. On a terminal the result is shown whole, however often Ctrl-C is pressed; any other reader
  // may be slow, and then Ctrl-C ends us as it ends any program.
  if (invocation.streams.outIsTerminal) interrupts.finish();
  else interrupts[Symbol.dispose]();
  await refuseIfRefused(run, options, file);
  const { printRun } = await import("./repro_print.ts");
  await printRun({ ...run, document }, typedName, options, invocation);
  return document.run.exitCode;
}

/** The one name or path that was typed after `verb`. @throws {CommandLineError} for none, or more */
export async function oneScenario(words: readonly string[], verb: string): Promise<string> {
  const [name, extra] = words;
  if (name === undefined) {
    const { shippedScenarios } = await import("../catalog.ts");
    const names = shippedScenarios().map((each) => each.name).join(", ");
    throw new CommandLineError(
      `${verb} needs the name of a scenario, or a file`,
      `scenarios: ${names}`,
    );
  }
  if (extra === undefined) return name;
  throw new CommandLineError(
    `${verb} runs one scenario, and ${JSON.stringify(extra)} would be a second one`,
  );
}

async function writeAll(
  run: ReproRun,
  options: ReproOptions,
  { streams }: Invocation,
): Promise<ResultDocument> {
  const [{ writeOutputs }, { writeDumps, writeReport }] = await Promise.all([
    import("../suite/outputs.ts"),
    import("./repro_files.ts"),
  ]);
  // A mistake of the person's is no result.
  const refused = run.attempts.some(({ outcome }) => outcome.kind === "refused");
  const outputs = refused ? { ...options, junit: null, github: false } : options;
  return await writeOutputs(run.document, run.runDir, outputs, streams, {
    first: () => writeDumps(run),
    last: (ended) => writeReport(ended, run.runDir, options),
  });
}

/**
 * What the subject refused (a parameter that the scenario does not have) is a mistake of the person.
 *
 * @throws {CommandLineError} when it refused
 */
async function refuseIfRefused(
  run: ReproRun,
  options: ReproOptions,
  file: ScenarioFile,
): Promise<void> {
  const refused = run.attempts.find(({ outcome }) => outcome.kind === "refused")?.outcome;
  if (refused?.kind !== "refused") return;
  const { parameterHint } = await loadLater<typeof import("../catalog.ts")>(
    import.meta.resolve("../catalog.ts"),
  );
  const message = refused.message.split("\n")[0] ?? refused.message;
  throw new CommandLineError(message, await parameterHint(file, Object.keys(options.set)));
}
