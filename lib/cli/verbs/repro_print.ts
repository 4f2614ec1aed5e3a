/**
 * Prints what `repro` found: the result on stdout, everything else on stderr.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { verdictLine } from "../../report/text/verdict.ts";
import { makeStyle } from "../../report/text/style.ts";
import { endNote, worstOf } from "../../report/worst.ts";
import { documentText } from "../../run/result/document.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { shortest } from "../paths.ts";
import { ourCommand } from "../replay.ts";
import type { ReproOptions } from "./repro_options.ts";
import { fullReportOf, reproPage } from "./repro_page.ts";
import type { ReproRun } from "./repro_run.ts";

/** Prints the outcome of a run in the format that was asked for. */
export async function printRun(
  { document, attempts, runDir }: ReproRun,
  typedName: string,
  options: ReproOptions,
  { streams }: Invocation,
): Promise<void> {
  for (const { number, outcome } of attempts) {
    if (outcome.kind === "judged") continue;
    const which = options.repeat === 1 ? "" : `attempt ${number}: `;
    streams.err(`unwedge: ${which}cannot judge ${typedName}: ${sentence(outcome)}\n`);
    if (outcome.kind === "cannot-judge") {
      const doctor = `${ourCommand()} doctor`;
      streams.err(`next: mend what is named and run it again; ${doctor} looks at this machine\n`);
    }
  }
  const { format, amount, color } = options;
  if (format === "json") streams.out(documentText(document));
  const [scenario] = document.scenarios;
  const worst = worstOf(scenario?.attempts ?? []);
  if (scenario === undefined || worst === undefined) return;
  // stdout may be taken by the JUnit document; the page then goes to stderr.
  const taken = options.junit === "-" || format !== "text";
  if (taken && amount === "quiet") return;
  const style = makeStyle(wantsColor(color, taken ? streams.errIsTerminal : streams.outIsTerminal));
  if (format !== "text") {
    const { exitCode } = document.run;
    streams.err(`${verdictLine(scenario.name, worst, exitCode, style, endNote(document))}\n`);
    return;
  }
  const columns = columnsOf(streams, taken ? "err" : "out");
  const page = { ...options, style, here: Deno.cwd(), columns, runDir };
  const text = await reproPage(document, { ...page, fullReport: fullReportOf(runDir) });
  if (taken) streams.err(text);
  else streams.out(text);
}

function sentence(
  outcome: Exclude<ReproRun["attempts"][number]["outcome"], { kind: "judged" }>,
): string {
  const message = outcome.message.split("\n")[0] ?? outcome.message;
  if (outcome.kind !== "load-failed") return message;
  const file = shortest(pathOfFile(outcome.file));
  return `${file}${outcome.line === null ? "" : `:${outcome.line}`}: ${message}`;
}
