/**
 * What was tried on the hung subject, one action after the other, and what each changed. The clocks above leave out
 * what an action brought about: they say what the subject did by itself.
 *
 * @module
 */

import type { ActionReport } from "../../model/action.ts";
import { actionText, clockTexts, replyText } from "./action_text.ts";
import type { Attempt } from "../../model/result.ts";
import { count } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { type PageStyle, paragraph, section } from "./section.ts";

/** Tasks that are named; the rest is counted. */
const MOST_TASKS = 6;

/** The section; nothing when nothing was tried. */
export function triedSection({ actions = [] }: Attempt, page: PageStyle): string[] {
  return section("what was tried", actions.flatMap((report) => tried(report, page)), page);
}

function tried(report: ActionReport, page: PageStyle): string[] {
  const { style } = page;
  const { action, atMs, effect, unwedged, tasksLeft } = report;
  const mark = unwedged
    ? style.green("unwedged it")
    : report.unsure !== undefined
    ? style.yellow("it joined, perhaps by itself")
    : changed(report)
    ? "helped"
    : style.dim("no effect");
  const lines = [`  ${time(atMs).padStart(8)}  ${style.bold(actionText(action))}: ${mark}`];
  const told = [
    replyText(effect),
    ...effect.kind === "applied" ? [cameOf(report)] : [],
    ...report.unsure === undefined ? [] : [`before it, ${report.unsure}`],
  ];
  if (tasksLeft.length > 0) {
    const named = tasksLeft.slice(0, MOST_TASKS).join(", ");
    const more = tasksLeft.length > MOST_TASKS ? `, and ${tasksLeft.length - MOST_TASKS} more` : "";
    told.push(`${count(tasksLeft.length, "task")} moved: ${named}${more}`);
  }
  return [...lines, ...told.flatMap((text) => paragraph(text, "            ", page))];
}

/** Whether any clock stopped for it. */
function changed({ clocks }: ActionReport): boolean {
  return Object.values(clocks).some((ms) => ms !== null);
}

function cameOf({ clocks, watchedMs }: ActionReport): string {
  return clockTexts(clocks).join(", ") || `no clock stopped in ${time(watchedMs)}`;
}
