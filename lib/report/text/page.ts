/**
 * The report that a person reads, from detail to verdict, so that the last screen of a terminal shows what matters.
 * Everything in it comes from the result document.
 *
 * @module
 */

import { briefLines } from "./brief_page.ts";
import { causeSection, type ClassSummary, evidenceSection, remedySection } from "./cause.ts";
import { clocksSection } from "./clocks.ts";
import { diagnosisSection } from "./diagnosis.ts";
import { proofSection } from "./proof.ts";
import type { HumanReport } from "./human_report.ts";
import { fitted, type PageStyle, paragraph, rule, section } from "./section.ts";
import { answerOf, shortPage } from "./short_page.ts";
import { sigintSection } from "./sigint.ts";
import { timelineSection } from "./timeline.ts";
import { triedSection } from "./tried.ts";
import { verdictLine } from "./verdict.ts";
import { plain } from "../../protocol/text.ts";
import type { Attempt } from "../../model/result.ts";

export type { ClassSummary, HumanReport };

/** The report, with an end of line: on one screen, or whole with `verbose`. */
export function renderHuman(report: HumanReport, page: PageStyle): string {
  return `${linesOf(report, page).join("\n")}\n`;
}

function linesOf(report: HumanReport, page: PageStyle): string[] {
  const { name, attempt, exitCode, note, amount, closing, commands: { again } } = report;
  const brief = briefLines({ ...report, again }, page);
  if (brief !== null) return [...brief];
  if (amount === "normal") return shortPage(report, page);
  const last = attempt.verdict === "finished"
    ? [verdictLine(name, attempt, exitCode, page.style, note)]
    : answerOf(report, page);
  return [...details(report, page), ...closing, ...last];
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
      `  ${page.style.cyan(report.commands.again)}`,
      `  files: ${report.runDir}`,
    ], page),
  ];
}

/** The end of what the subject printed, without escape sequences, which would redraw the reader's terminal. */
function outputSection({ outputTail: { stdout, stderr } }: Attempt, page: PageStyle): string[] {
  return [["stdout", stdout], ["stderr", stderr]].flatMap(([name, text = ""]) => {
    const lines = plain(text).trimEnd();
    const marked = lines === "" ? [] : lines.split("\n").map((line) => `  | ${line}`);
    return section(`the subject's ${name} (end)`, fitted(marked, page), page);
  });
}

function dumpLines({ dumpText }: HumanReport, page: PageStyle): string[] {
  if (dumpText === null) return [];
  const lines = fitted(dumpText.trimEnd().split("\n"), page);
  return [...rule("inside the subject", page), ...lines, ""];
}
