/**
 * `smoke [NAME…]`: every scenario in both directions, with no remedy and with its declared set on; the exit code says
 * whether all was as declared. The CI job.
 *
 * @module
 */

import { makeStyle } from "../../report/text/style.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { shortest } from "../paths.ts";
import { type CarriedOut, carryOut } from "../suite/carry_out.ts";
import { type SuiteOptions, suiteOptions } from "../suite/options.ts";
import { againOf } from "../suite/outputs.ts";
import type { Selection } from "../suite/selection.ts";
import type { Cell } from "../suite/cell.ts";

/**
 * Runs, compares, writes the files, prints.
 *
 * @returns the exit code
 * @throws {UsageError} for anything that was typed wrong
 * @throws {CannotRunError} when the run directory cannot be written
 */
export async function smoke(invocation: Invocation): Promise<number> {
  const options = await suiteOptions(invocation);
  const { sigintProbe } = options;
  const done = await carryOut(invocation, options, sigintProbe, async (suite, selection) => {
    await suite.run(bothDirections(selection, options.repeat));
    return 0;
  });
  await print(done, options, invocation);
  return done.document.run.exitCode;
}

/** Both directions of a scenario one after the other, which is how they are listed too. */
function bothDirections({ scenarios }: Selection, repeat: number): Cell[] {
  return scenarios.flatMap((scenario) => {
    const { fixedBy } = scenario.facts;
    const directions = fixedBy.length === 0 ? [[]] : [[], fixedBy];
    return directions.flatMap((remedies) =>
      Array.from({ length: repeat }, (_, index) => ({ scenario, remedies, repetition: index + 1 }))
    );
  });
}

async function print(
  { document, runDir }: CarriedOut,
  { format, junit, amount, color, pageStacks }: SuiteOptions,
  { streams }: Invocation,
): Promise<void> {
  if (format === "json") {
    const { documentText } = await import("../../run/result/document.ts");
    streams.out(documentText(document));
  }
  // stdout may be taken by a document; a person then still reads the page, on stderr.
  const taken = format !== "text" || junit === "-";
  if (taken && amount === "quiet") return;
  const { smokePage } = await import("./smoke_page.ts");
  const page = smokePage(document, {
    style: makeStyle(wantsColor(color, taken ? streams.errIsTerminal : streams.outIsTerminal)),
    here: Deno.cwd(),
    again: againOf(document),
    runDir: shortest(runDir),
    quiet: amount === "quiet",
    stacks: pageStacks,
    columns: columnsOf(streams, taken ? "err" : "out"),
  });
  if (taken) streams.err(page);
  else streams.out(page);
}
