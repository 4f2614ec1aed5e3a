/**
 * `diagnose NAME|FILE`: runs a scenario to its hang, tries what may unwedge it on copies of that hang, and names the
 * cause that this confirms. The exit code is that of the verdict, as with `repro`.
 *
 * @module
 */

import { findScenario } from "../catalog.ts";
import { DEFAULTS } from "../defaults.ts";
import { wantsColor } from "../terminal/color.ts";
import { Interrupts } from "../terminal/interrupts.ts";
import type { Invocation } from "../invocation.ts";
import { showProgress } from "../terminal/progress/progress.ts";
import { oneScenario, writeAndPrint } from "./repro.ts";
import { reproOptions } from "./repro_options.ts";
import { type ReproRun, runRepro } from "./repro_run.ts";
import { OperatorControls } from "../terminal/operator_controls.ts";

/**
 * Runs, tries, writes the files, prints.
 *
 * @returns the exit code
 * @throws {CommandLineError} for anything that was typed wrong, also what only the scenario can know
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function diagnose(invocation: Invocation): Promise<number> {
  const { streams, words, settings } = invocation;
  const options = await reproOptions(invocation);
  const jobs = settings.count("jobs", 1) ?? DEFAULTS.jobsPerCore * navigator.hardwareConcurrency;
  const typedName = await oneScenario(words, "diagnose");
  const file = await findScenario(typedName);
  const { amount, color, seed, remedies } = options;
  const subject = { name: file.name, seed, remedies, attempts: 1 };
  const ownColor = wantsColor(color, streams.errIsTerminal);
  const progress = await showProgress(subject, streams, {
    quiet: amount === "quiet",
    verbose: amount === "verbose",
    color: ownColor,
  });
  // What happens at the hang is planned, so the operator is not asked; but can have it dumped, and suspend it.
  const controls = OperatorControls.unattended({ streams, progress, color: ownColor });
  using interrupts = Interrupts.during(progress, controls, streams.lost);
  let run: ReproRun;
  try {
    const { diagnosing } = await import("./diagnose_run.ts");
    const teller = {
      say: (text: string) => void (amount === "quiet" || progress.say(text)),
      doing: (text: string) => progress.doing?.(text),
    };
    run = await runRepro(
      file,
      { ...options, jobs: 1, repeat: 1 },
      invocation,
      progress,
      interrupts,
      diagnosing(jobs, teller, controls),
    );
  } finally {
    progress.end();
  }
  return await writeAndPrint(run, typedName, file, options, invocation, interrupts);
}
