/**
 * The page of a run of one scenario. It is made from the document alone, so that `report` shows what `repro` and
 * `diagnose` showed: the worst attempt, and counts where there were several.
 *
 * @module
 */

import type { ResultDocument } from "../../model/result.ts";
import { loadLater } from "../../os/load_later.ts";
import { type Case, casesOf, troubleLine } from "../../report/ci/cases.ts";
import type { StacksShown } from "../../report/ci/detail.ts";
import type { Commands } from "../../report/text/next_step.ts";
import { briefLines } from "../../report/text/brief_page.ts";
import type { PageStyle } from "../../report/text/section.ts";
import { makeStyle } from "../../report/text/style.ts";
import { listed } from "../../report/text/words.ts";
import { endNote, worstOf } from "../../report/worst.ts";
import { shortest } from "../paths.ts";
import { ourCommand, quote, replayLine, setFlags } from "../replay.ts";
import { againOf, typedOf } from "../suite/outputs.ts";

/** How the page is written. */
export interface ReproPageOptions extends PageStyle, StacksShown {
  /** The directory of the run. */
  readonly runDir: string;
  /** The path of the whole report, or the command that shows it. */
  readonly fullReport: string;
  readonly amount: "quiet" | "normal" | "verbose";
  /** Of the terminal; Infinity where there is none. */
  readonly columns: number;
}

/** The file of the whole report in a run directory. */
export const REPORT_FILE = "report.txt";

/** The page, with an end of line. */
export async function reproPage(
  document: ResultDocument,
  options: ReproPageOptions,
): Promise<string> {
  const { runDir, amount, stacks, internalFrames, style } = options;
  const cases = casesOf(document);
  const attempt = worstOf(cases.flatMap((each) => each.attempt ?? []));
  const shown = cases.find((each) => each.attempt !== null && each.attempt === attempt);
  if (shown === undefined || attempt === undefined) {
    const lines = cases.flatMap((each) => troubleLine(each) ?? []);
    return `${[...lines, `nothing was judged (exit code ${document.run.exitCode})`].join("\n")}\n`;
  }
  const { dump, class: name } = attempt;
  const { declared, run } = shown;
  const verdict = {
    name: shown.scenario,
    attempt,
    exitCode: document.run.exitCode,
    note: endNote(document),
    closing: closing(document, cases, shown, shortest(runDir)),
    amount,
  };
  const brief = briefLines({ ...verdict, again: againOf(document)(shown) }, options);
  if (brief !== null) return `${brief.join("\n")}\n`;
  const { renderHuman } = await loadLater<typeof import("../../report/text/page.ts")>(
    import.meta.resolve("../../report/text/page.ts"),
  );
  return renderHuman({
    ...verdict,
    summary: declared?.summary ?? "",
    dumpText: dump === null || amount !== "verbose"
      ? null
      : (await loadLater<typeof import("../../report/text/dump_text.ts")>(
        import.meta.resolve("../../report/text/dump_text.ts"),
      )).renderDumpText(dump, { stacks, internalFrames, color: style.enabled }),
    classText: name === null ? null : (await loadLater<typeof import("./class_summary.ts")>(
      import.meta.resolve("./class_summary.ts"),
    )).summaryOfClass(name),
    fixedBy: declared?.fixedBy ?? [],
    commands: commandsOf(document, shown),
    replayWith: (remedies) => replayLine(typedOf(shown), remedies, document.run.replayFlags),
    runDir: shortest(run === null || run.dir === "." ? runDir : `${runDir}/${run.dir}`),
    fullReport: options.fullReport,
  }, options);
}

/** The whole report of a run, as it stands in its directory. */
export async function wholeReport(
  document: ResultDocument,
  runDir: string,
  shown: StacksShown,
): Promise<string> {
  return await reproPage(document, {
    ...shown,
    runDir,
    fullReport: shortest(`${runDir}/${REPORT_FILE}`),
    style: makeStyle(false),
    here: Deno.cwd(),
    columns: Infinity,
    amount: "verbose",
  });
}

/** Where the whole report is: its file, or, where that could not be written, the command that shows it. */
export function fullReportOf(runDir: string): string {
  const path = `${runDir}/${REPORT_FILE}`;
  try {
    Deno.statSync(path);
    return shortest(path);
  } catch {
    return `${ourCommand()} report ${quote(shortest(runDir))} -v`;
  }
}

function commandsOf(document: ResultDocument, shown: Case): Commands {
  const { replayFlags } = document.run;
  const flags = [...setFlags(shown.set), ...replayFlags];
  const again = againOf(document)(shown);
  return {
    again,
    againWith: (flag) => `${again} ${flag}`,
    diagnose: replayLine(typedOf(shown), shown.remedies, flags, "diagnose"),
    explain: (name) => `${ourCommand()} explain ${name}`,
    doctor: `${ourCommand()} doctor`,
    flags,
  };
}

/** Counts per verdict, where there was more than one attempt. */
function closing(
  { totals: { matched, mismatched } }: ResultDocument,
  cases: readonly Case[],
  { run }: Case,
  runDir: string,
): string[] {
  if (cases.length < 2) return [];
  const verdicts = Map.groupBy(
    cases,
    ({ attempt, outcome }) =>
      attempt?.verdict ?? (outcome.kind === "skipped" ? "not started" : "not judged"),
  );
  const counts = listed([...verdicts].map(([name, those]) => `${those.length} ${name}`));
  const declared = matched + mismatched === 0
    ? ""
    : `; ${matched} as the scenario declares, ${mismatched} not`;
  const number = /^attempt-(\d+)$/.exec(run?.dir ?? "")?.[1] ?? "1";
  return [
    `${cases.length} attempts: ${counts}${declared}`,
    `all of them: ${runDir}; shown: attempt ${number}`,
  ];
}
