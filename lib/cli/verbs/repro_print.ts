/**
 * Prints what `repro` found: the result on stdout, everything else on stderr.
 *
 * @module
 */

import { pathOfFile } from "../../protocol/file_url.ts";
import { documentText } from "../../run/result/document.ts";
import { fitColumns } from "../../report/text/fit_columns.ts";
import { renderHuman } from "../../report/text/page.ts";
import type { PageStyle } from "../../report/text/section.ts";
import { verdictLine } from "../../report/text/verdict.ts";
import { makeStyle } from "../../report/text/style.ts";
import { listed } from "../../report/text/words.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";
import type { Invocation } from "../invocation.ts";
import { shortest } from "../paths.ts";
import { replayCommand } from "../replay.ts";
import type { ReproOptions } from "./repro_options.ts";
import type { JudgedAttempt, ReproRun } from "./repro_run.ts";
import { loadLater } from "../../os/load_later.ts";

/** Prints the outcome of a run in the format that was asked for. */
export async function printRun(
  run: ReproRun,
  typedName: string,
  options: ReproOptions,
  { streams }: Invocation,
): Promise<void> {
  for (const { number, outcome } of run.attempts) {
    if (outcome.kind === "judged") continue;
    const which = options.repeat === 1 ? "" : `attempt ${number}: `;
    streams.err(`unwedge: ${which}cannot judge ${typedName}: ${sentence(outcome)}\n`);
  }
  const shown = representative(run.judged);
  if (options.format === "json") streams.out(documentText(run.document));
  if (shown === null) return;
  if (options.format === "text") {
    // stdout may be taken by the JUnit document; a person then still reads the page, on stderr.
    const taken = options.junit === "-";
    if (taken && options.amount === "quiet") return;
    const color = wantsColor(options.color, taken ? streams.errIsTerminal : streams.outIsTerminal);
    const columns = columnsOf(streams, taken ? "err" : "out");
    const page = { style: makeStyle(color), here: Deno.cwd(), columns };
    const text = fitColumns(await humanReport(run, shown, typedName, options, page), columns);
    if (taken) streams.err(text);
    else streams.out(text);
  } else if (options.amount !== "quiet") {
    const style = makeStyle(wantsColor(options.color, streams.errIsTerminal));
    streams.err(`${verdictLine(shown.declared.name, shown.attempt, run.exitCode, style)}\n`);
  }
}

/** The page of one attempt of a run, ending with the verdict and an end of line. */
export async function humanReport(
  run: ReproRun,
  shown: JudgedAttempt,
  typedName: string,
  options: ReproOptions,
  page: PageStyle,
): Promise<string> {
  const { attempt, declared } = shown;
  const { amount } = options;
  return renderHuman({
    name: declared.name,
    summary: declared.summary,
    attempt,
    exitCode: run.exitCode,
    dumpText: amount === "quiet" ? null : await dumpText(shown, options, page),
    classText: attempt.class === null ? null : await classText(attempt.class),
    fixedBy: declared.fixedBy,
    again: replayCommand(
      typedName,
      options,
      attempt.remedies,
      run.document.run.verb === "diagnose" ? "diagnose" : "repro",
    ),
    replayWith: (remedies) => replayCommand(typedName, options, remedies),
    runDir: shortest(shown.runDir),
    closing: closing(run, shown, options),
    amount,
  }, page);
}

async function dumpText(
  { attempt }: JudgedAttempt,
  { stacks, internalFrames }: ReproOptions,
  { style }: PageStyle,
): Promise<string | null> {
  if (attempt.dump === null) return null;
  const { renderDumpText } = await loadLater<typeof import("../../report/text/dump_text.ts")>(
    import.meta.resolve("../../report/text/dump_text.ts"),
  );
  return renderDumpText(attempt.dump, { stacks, internalFrames, color: style.enabled });
}

async function classText(
  name: string,
): Promise<{ about: string; fixes: readonly string[] } | null> {
  const { summaryOfClass } = await loadLater<typeof import("./class_summary.ts")>(
    import.meta.resolve("./class_summary.ts"),
  );
  return summaryOfClass(name);
}

/** The attempt that stands for the run: the first of the worst. */
function representative(judged: readonly JudgedAttempt[]): JudgedAttempt | null {
  const order = [124, 1, 3, 0];
  const rank = ({ code }: JudgedAttempt) =>
    (order.indexOf(code) + order.length + 1) % (order.length + 1);
  return judged.reduce<JudgedAttempt | null>(
    (best, each) => best === null || rank(each) < rank(best) ? each : best,
    null,
  );
}

/** Counts per verdict, where there was more than one attempt. */
function closing(
  { document, attempts, runDir }: ReproRun,
  shown: JudgedAttempt,
  { failFast, repeat }: ReproOptions,
): string[] {
  const left = failFast && document.run.interruptedBy === null ? repeat - attempts.length : 0;
  const stopped = left > 0 && left < Infinity ? [`${left} more not started, by --fail-fast`] : [];
  if (attempts.length < 2) return stopped;
  const verdicts = new Map<string, number>();
  for (const { outcome } of attempts) {
    const name = outcome.kind === "judged" ? outcome.attempt.verdict : "not judged";
    verdicts.set(name, (verdicts.get(name) ?? 0) + 1);
  }
  const counts = listed([...verdicts].map(([name, n]) => `${n} ${name}`));
  const { matched, mismatched } = document.totals;
  const declared = matched + mismatched === 0
    ? ""
    : `; ${matched} as the scenario declares, ${mismatched} not`;
  return [
    `${attempts.length} attempts: ${counts}${declared}`,
    ...stopped,
    `all of them: ${shortest(runDir)}; shown: attempt ${shown.number}`,
  ];
}

function sentence(
  outcome: Exclude<ReproRun["attempts"][number]["outcome"], { kind: "judged" }>,
): string {
  const message = outcome.message.split("\n")[0] ?? outcome.message;
  if (outcome.kind !== "load-failed") return message;
  const file = shortest(pathOfFile(outcome.file));
  return `${file}${outcome.line === null ? "" : `:${outcome.line}`}: ${message}`;
}
