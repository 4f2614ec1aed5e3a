/**
 * The doctor's report as text: a line for each check with its purpose, advice where something falls short, and the
 * verdict at the end, where people look first.
 *
 * @module
 */

import type { CheckResult, CheckStatus, DoctorReport } from "../model/doctor.ts";
import { lacking } from "./check.ts";
import type { Style } from "../report/text/style.ts";
import { wrap } from "../report/text/wrap.ts";

const WIDTH = 100;
/** Columns of the status, and of the longest name, with the gaps after them. */
const STATUS_WIDTH = 11;

/** Renders the report. */
export function doctorText(report: DoctorReport, style: Style): string {
  const { checks } = report;
  const nameWidth = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const lines: string[] = [];
  for (const group of new Set(checks.map((check) => check.group))) {
    lines.push(style.bold(group));
    for (const check of checks.filter((each) => each.group === group)) {
      lines.push(...checkLines(check, nameWidth, style));
    }
    lines.push("");
  }
  return `${[...lines, ...verdict(report, style)].join("\n")}\n`;
}

function checkLines(check: CheckResult, nameWidth: number, style: Style): string[] {
  const { status, name, seen, why, needed, advice } = check;
  const indent = " ".repeat(STATUS_WIDTH + nameWidth);
  const wrapped = (text: string) => wrap(text, WIDTH - indent.length);
  const [first = "", ...rest] = [
    ...wrapped(seen),
    ...wrapped(why).map(style.dim),
    ...(advice === null ? [] : wrapped(`-> ${advice}`).map(style.cyan)),
  ];
  return [
    `  ${mark(status, needed, style)}${name.padEnd(nameWidth)}${first}`,
    ...rest.map((line) => indent + line),
  ];
}

/** The status in its column. */
function mark(status: CheckStatus, needed: boolean, style: Style): string {
  const text = status.padEnd(STATUS_WIDTH - 2);
  if (status === "ok") return style.green(text);
  return needed && status !== "limited" ? style.red(text) : style.yellow(text);
}

function verdict({ checks, fit }: DoctorReport, style: Style): string[] {
  const short = checks.filter(({ status }) => status !== "ok");
  if (!fit) {
    const names = lacking(checks).map(({ name }) => name).join(", ");
    return [style.bold(style.red(`NOT FIT: unwedge needs, and does not find: ${names}.`))];
  }
  if (short.length === 0) return [style.bold("FIT: everything is here.")];
  const names = short.map(({ name }) => name).join(", ");
  return [style.bold(`FIT: everything that is needed is here. Falls short: ${names}.`)];
}
