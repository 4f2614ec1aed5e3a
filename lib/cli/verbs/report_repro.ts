/** A saved run of one scenario, as `repro` showed it. @module */

import { renderDumpText } from "../../report/text/dump_text.ts";
import { renderHuman } from "../../report/text/page.ts";
import type { Attempt, ResultDocument, Verdict } from "../../model/result.ts";
import type { Style } from "../../report/text/style.ts";
import { casesOf } from "../../report/ci/cases.ts";
import { troubleLine } from "../../report/ci/detail.ts";
import { countsLine } from "../../report/ci/table.ts";
import { summaryOfClass } from "./class_summary.ts";
import { stacksWanted } from "../outputs_wanted.ts";
import { replayLine } from "../replay.ts";
import type { Settings } from "../settings.ts";
import { againOf, typedOf } from "../suite/outputs.ts";

const WORST_FIRST: readonly Verdict[] = [
  "hung",
  "failed",
  "crashed",
  "leaked",
  "finished",
  "interrupted",
];

/** The page of the worst attempt, with an end of line. */
export function reproText(
  document: ResultDocument,
  runDir: string,
  style: Style,
  settings: Settings,
  columns: number,
): string {
  const cases = casesOf(document);
  const rank = ({ verdict }: Attempt) => WORST_FIRST.indexOf(verdict);
  const shown =
    cases.flatMap((each) => each.attempt === null ? [] : [{ ...each, attempt: each.attempt }])
      .toSorted((a, b) => rank(a.attempt) - rank(b.attempt))[0];
  if (shown === undefined) {
    const lines = cases.map((each) => troubleLine(each)).filter((line) => line !== null);
    return `${[...lines, `nothing was judged (exit code ${document.run.exitCode})`].join("\n")}\n`;
  }
  const { attempt, declared, run } = shown;
  const dir = run === null || run.dir === "." ? runDir : `${runDir}/${run.dir}`;
  return renderHuman({
    name: shown.scenario,
    summary: declared?.summary ?? "",
    attempt,
    exitCode: document.run.exitCode,
    dumpText: attempt.dump === null
      ? null
      : renderDumpText(attempt.dump, { ...stacksWanted(settings), color: style.enabled }),
    classText: attempt.class === null ? null : summaryOfClass(attempt.class),
    fixedBy: declared?.fixedBy ?? [],
    again: againOf(document)(shown) ?? "",
    replayWith: (remedies) => replayLine(typedOf(shown), remedies, document.run.replayFlags),
    runDir: dir,
    closing: cases.length < 2 ? [] : [countsLine(cases)],
    amount: settings.switch("quiet") ? "quiet" : settings.switch("verbose") ? "verbose" : "normal",
  }, { style, here: Deno.cwd(), columns });
}
