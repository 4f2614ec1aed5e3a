/**
 * What `doctor --sweep` found and did, as a document and as text.
 *
 * @module
 */

import type { StaleProcess, SweepOutcome, SweepReport, SweptFile } from "../../model/doctor.ts";
import type { Style } from "../../report/text/style.ts";

/** How many stale processes and files are still there because they could not be removed. */
export function sweepFailures({ stale, files }: SweepReport): number {
  return [...stale, ...files].filter(({ outcome }) => outcome.kind === "failed").length;
}

/** The report as a person reads it. */
export function sweepText(report: SweepReport, style: Style): string {
  const { stale, spared, files, dryRun } = report;
  const lines = [
    ...stale.flatMap((each) => staleLines(each, style)),
    ...files.map(({ path, outcome }) => `${fileWord(outcome, style)}  ${path}`),
    ...spared.map(({ pid, because }) => style.dim(`spared  ${pid}: ${because}`)),
  ];
  if (stale.length + files.length === 0) {
    lines.push("Nothing stale: no subject without its harness, no leftover file.");
  } else {
    lines.push("", style.bold(summary(report)));
    if (dryRun) lines.push("Run it again without --dry-run to end and remove them.");
  }
  return `${lines.join("\n")}\n`;
}

function staleLines(each: StaleProcess, style: Style): string[] {
  const age = each.ageMs === null ? "" : `, ${words(each.ageMs)} old`;
  const state = each.state === "T" ? ", stopped" : each.state === "R" ? ", running" : "";
  const what = scenarioName(each.scenario);
  return [
    `${outcomeWord(each.outcome, style)}  ${style.bold(`${each.kind} ${each.pid}`)}` +
    `${what === null ? "" : ` of ${what}`}${age}${state}`,
    style.dim(`        ${each.because}`),
    ...(each.runDir === null ? [] : [style.dim(`        ${each.runDir}`)]),
    ...(each.outcome.kind === "failed" ? [`        ${each.outcome.why}`] : []),
  ];
}

function scenarioName(url: string | null): string | null {
  const file = url?.slice(url.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  return file === undefined || file === "" ? null : file.replaceAll("_", "-");
}

function outcomeWord(outcome: SweepOutcome, style: Style): string {
  switch (outcome.kind) {
    case "ended":
      return style.green("ended ");
    case "gone":
      return style.green("gone  ");
    case "listed":
      return style.yellow("stale ");
    case "failed":
      return style.red("FAILED");
  }
}

function fileWord(outcome: SweptFile["outcome"], style: Style): string {
  if (outcome.kind === "removed") return style.green("removed");
  if (outcome.kind === "listed") return style.yellow("stale  ");
  return style.red(`FAILED (${outcome.why})`);
}

function summary({ stale, files, dryRun }: SweepReport): string {
  const count = (n: number, noun: string) =>
    `${n} ${noun}${n === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
  const failed = stale.filter(({ outcome }) => outcome.kind === "failed").length;
  const processes = count(stale.length, "stale process");
  const leftovers = count(files.length, "leftover file");
  if (dryRun) return `${processes}, ${leftovers}.`;
  const kept = failed === 0 ? "" : `, ${failed} could not be ended`;
  return `${processes} swept${kept}; ${leftovers}.`;
}

/** Two digits are enough for an age. */
function words(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
