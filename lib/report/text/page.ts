/**
 * The report that a person reads, from detail to verdict, so that the last screen of a terminal shows what matters and
 * its last line is the verdict. Everything in it comes from the result document.
 *
 * @module
 */

import { causeSection, type ClassSummary, evidenceSection, remedySection } from "./cause.ts";
import { clocksSection } from "./clocks.ts";
import { diagnosisSection } from "./diagnosis.ts";
import { proofSection } from "./proof.ts";
import { type PageStyle, paragraph, rule, section } from "./section.ts";
import { sigintSection } from "./sigint.ts";
import { timelineSection } from "./timeline.ts";
import { triedSection } from "./tried.ts";
import { verdictLine } from "./verdict.ts";
import { stripAnsi } from "./style.ts";
import type { Attempt } from "../../model/result.ts";

export type { ClassSummary };

/** What a report is made of, beside the attempt. */
export interface HumanReport {
  readonly name: string;
  readonly summary: string;
  readonly attempt: Attempt;
  readonly exitCode: number;
  /** Why the run ends with another code than the verdict has (`endNote`). */
  readonly note?: string | null;
  /** The dump as text (`dump_text.ts`), or null when there is none. */
  readonly dumpText: string | null;
  readonly classText: ClassSummary | null;
  /** What the scenario declares to be enough. */
  readonly fixedBy: readonly string[];
  /** The command that does the same again. */
  readonly again: string;
  /** The command that runs the scenario again, with other remedies. */
  readonly replayWith: (remedies: readonly string[]) => string;
  /** Where the files are, as a person would type it. */
  readonly runDir: string;
  /** Lines that stand before the verdict, for example counts of several attempts. */
  readonly closing: readonly string[];
  /** How much to say. `quiet`: the verdict alone. `verbose`: everything, also when nothing hangs. */
  readonly amount: "quiet" | "normal" | "verbose";
}

/** The whole report, ending with the verdict and an end of line. */
export function renderHuman(report: HumanReport, page: PageStyle): string {
  const { attempt, amount } = report;
  const verdict = verdictLine(report.name, attempt, report.exitCode, page.style, report.note);
  if (amount === "quiet") return `${verdict}\n`;
  const uneventful = attempt.verdict === "finished" && amount === "normal";
  const again = page.style.dim(`again: ${report.again}`);
  const lines = uneventful ? [again] : details(report, page);
  lines.push(...report.closing, verdict);
  return `${lines.join("\n")}\n`;
}

function details(report: HumanReport, page: PageStyle): string[] {
  const { attempt, classText, replayWith } = report;
  return [
    ...outputSection(attempt, page),
    ...dumpLines(report, page),
    ...timelineSection(attempt, page),
    ...evidenceSection(attempt, page),
    ...proofSection(attempt, page),
    ...causeSection(attempt, classText, page),
    ...remedySection(attempt, report.fixedBy, classText, replayWith, page),
    ...diagnosisSection(attempt, page),
    ...clocksSection(attempt, page),
    ...sigintSection(attempt, page),
    ...triedSection(attempt, page),
    ...section("what this was", paragraph(`${report.name}: ${report.summary}`, "  ", page), page),
    ...section("again", [
      `  ${page.style.cyan(report.again)}`,
      `  files: ${report.runDir}`,
    ], page),
  ];
}

/** The end of what the subject printed, without escape sequences, which would redraw the reader's terminal. */
function outputSection({ outputTail: { stdout, stderr } }: Attempt, page: PageStyle): string[] {
  return [["stdout", stdout], ["stderr", stderr]].flatMap(([name, text = ""]) => {
    const lines = stripAnsi(text).replace(/\r\n?/g, "\n").trimEnd();
    const marked = lines === "" ? [] : lines.split("\n").map((line) => `  | ${line}`);
    return section(`the subject's ${name} (end)`, marked, page);
  });
}

function dumpLines({ dumpText }: HumanReport, page: PageStyle): string[] {
  if (dumpText === null) return [];
  return [rule("inside the subject", page), ...dumpText.trimEnd().split("\n"), ""];
}
