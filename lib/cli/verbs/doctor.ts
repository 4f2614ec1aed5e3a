/**
 * `doctor`: what this machine lets unwedge see and do, really tried. `doctor --sweep`: ends the subjects that outlived
 * their harness.
 *
 * @module
 */

import { makeStyle, type Style } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import type { Invocation } from "../invocation.ts";
import { CannotRunError } from "../../os/cannot_run.ts";
import { CommandLineError } from "../command_line_error.ts";

/** Exit code when something needed is missing, or something stale could not be ended. */
const NOT_FIT = 1;

/**
 * Examines the machine, or sweeps it.
 *
 * @returns 0 when all that is needed is there (all that was stale is gone), else 1
 * @throws {CannotRunError} when stale subjects cannot be looked for, because /proc is closed
 */
export async function doctor(invocation: Invocation): Promise<number> {
  const { words, settings, streams } = invocation;
  if (words[0] !== undefined) {
    throw new CommandLineError(`doctor takes no words, but got ${words[0]}`);
  }
  const color = settings.choice("color", ["auto", "always", "never"]);
  const style = makeStyle(wantsColor(color, streams.outIsTerminal));
  if (settings.switch("sweep") === true) return await sweepAndTell(invocation, style);
  if (settings.switch("dry-run") === true) {
    throw new CommandLineError("--dry-run goes with --sweep: doctor alone changes nothing");
  }
  const { CHECK_GROUPS, examine, realContext } = await import("../../doctor/examine.ts");
  const report = await examine(CHECK_GROUPS, realContext(baseDir()));
  if (settings.switch("json") === true) {
    streams.out(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const { doctorText } = await import("../../doctor/doctor_text.ts");
    streams.out(doctorText(report, style));
  }
  return report.fit ? 0 : NOT_FIT;
}

async function sweepAndTell({ settings, streams }: Invocation, style: Style): Promise<number> {
  const { sweep } = await import("../../doctor/sweep/sweep.ts");
  const { sweepFailures, sweepText } = await import("../../doctor/sweep/sweep_report.ts");
  const dryRun = settings.switch("dry-run") === true;
  const swept = await sweep({ baseDir: baseDir(), dryRun });
  if (swept.kind !== "ok") {
    throw new CannotRunError(`cannot look for stale subjects: ${swept.why}`);
  }
  const { report } = swept;
  streams.out(
    settings.switch("json") === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : sweepText(report, style),
  );
  return sweepFailures(report) > 0 ? NOT_FIT : 0;
}

function baseDir(): string {
  return `${Deno.cwd()}/.unwedge`;
}
