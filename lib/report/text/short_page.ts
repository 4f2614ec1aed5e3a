/**
 * The default page of a run that did not finish: what is stuck, on one screen, and the answer last.
 *
 * Invariant: at most `ROWS` lines on a terminal of 80 columns. The tree of tasks gets the room that the rest leaves.
 *
 * @module
 */

import type { Attempt } from "../../model/result.ts";
import { actionText, effectText } from "./action_text.ts";
import { answerLines } from "./answer.ts";
import { withNearest } from "../../diagnose/neighbours.ts";
import { NEAREST } from "./cause.ts";
import { diagnosisSummary } from "./diagnosis.ts";
import type { HumanReport } from "./human_report.ts";
import { nextStep } from "./next_step.ts";
import { fitted, heightOf, item, type PageStyle, paragraph, relative, widthOf } from "./section.ts";
import { missingLines, type Screen, sentences } from "./screen.ts";
import { plain } from "../../protocol/text.ts";
import { busyLines, treeLines } from "./tree.ts";
import { verdictHead } from "./verdict.ts";
import { sentenceOf } from "./words.ts";

/** Lines of the page, at most. */
const ROWS = 40;
/** With fewer lines a tree tells nothing. */
const LEAST_TREE = 4;
/** With more lines it hides what is below. */
const MOST_TREE = 14;
/** Lines of what the program printed last: beside a dump, and where there is nothing else to go by. */
const MOST_OUTPUT = { withDump: 6, alone: 24 };
/** What was tried and found missing, each. */
const MOST_NAMED = 4;

/** Evidence of this kind tells what of the outside stands beside the wait: a process, a connection. */
const BESIDE = "beside";
const MOST_BESIDE = 2;

/** The lines, the answer last. */
export function shortPage(report: HumanReport, page: PageStyle): string[] {
  const { attempt, closing } = report;
  const below = [
    ...outputLines(attempt, page),
    ...triedLines(attempt, page),
    ...diagnosisSummary(attempt, page),
    ...classLines(report, page),
    ...closing,
    ...answerOf(report, page),
  ];
  const above = insideLines(attempt, ROWS - heightOf(below, page) - 1, page);
  return [...above, ...(above.length === 0 ? [] : [""]), ...below];
}

/** The last lines of every page, short or whole. */
export function answerOf(report: HumanReport, page: PageStyle): string[] {
  const { name, attempt, exitCode, note, commands, fullReport } = report;
  return answerLines({
    attempt,
    verdict: verdictHead(name, attempt, exitCode, page.style, note),
    next: nextStep(attempt, commands, page.here),
    fullReport,
  }, page);
}

/** The tasks and isolates that are stuck; nothing where there is no room, or no dump. */
function insideLines({ dump }: Attempt, room: number, page: PageStyle): string[] {
  if (dump === null) return [];
  const screen: Screen = { ...page, columns: widthOf(page) + 1, rows: ROWS };
  const beside = [...missingLines(dump, screen), ...busyLines(dump, screen)];
  const left = room - beside.length;
  if (left < LEAST_TREE) return beside.slice(0, Math.max(0, room));
  const rows = Math.min(left, MOST_TREE);
  return [...treeLines(dump, rows, screen, "the full report has all of it"), ...beside];
}

function outputLines(
  { outputTail: { stdout, stderr }, dump }: Attempt,
  page: PageStyle,
): string[] {
  const lines = [["stdout", stdout], ["stderr", stderr]].flatMap(([name, text = ""]) => {
    const clean = plain(text).trimEnd();
    return clean === "" ? [] : clean.split("\n").map((line) => `${name} | ${line}`);
  });
  const screen: Screen = { ...page, columns: widthOf(page) + 1, rows: ROWS };
  const shown = lines.slice(dump === null ? -MOST_OUTPUT.alone : -MOST_OUTPUT.withDump).map((
    line,
  ) => sentences(line, screen, "")[0] ?? line);
  return shown.length === 0 ? [] : [...shown, ""];
}

function triedLines({ actions = [] }: Attempt, page: PageStyle): string[] {
  if (actions.length === 0) return [];
  const lines = actions.slice(-MOST_NAMED).flatMap((report) =>
    item("tried ", `${actionText(report.action)}: ${effectText(report)}`, page)
  );
  return [...lines, ""];
}

/** What kind of hang it is, what would mend it, and what keeps it from being known better. */
function classLines({ attempt, classText }: HumanReport, page: PageStyle): string[] {
  const { class: name, missing, proof, evidence } = attempt;
  if (name === null) return [];
  const lines: string[] = [];
  if (name === "unknown") {
    lines.push(...paragraph("No class fits; what is missing for one:", "", page));
    lines.push(
      ...withNearest(missing, NEAREST).slice(0, MOST_NAMED).flatMap((each) =>
        item("  - ", relative(each, page), page)
      ),
    );
  } else if (classText !== null) {
    const [fix] = classText.fixes;
    lines.push(...paragraph(`${name}: ${sentenceOf(classText.summary)}`, "", page));
    // Which of them fits depends on the program.
    if (fix !== undefined) {
      lines.push(...item("possible fix: ", `${fix} (others: explain ${name})`, page));
    }
  }
  const beside = evidence.filter(({ kind }) => kind === BESIDE).slice(0, MOST_BESIDE);
  lines.push(...beside.flatMap(({ detail }) => paragraph(relative(detail, page), "", page)));
  if (proof?.kind === "not-provable") {
    const [reason, ...more] = proof.reasons;
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    if (reason !== undefined) {
      lines.push(...item("not proven: ", `${relative(reason, page)}${others}`, page));
    }
  }
  return lines.length === 0 ? [] : [...fitted(lines, page), ""];
}
