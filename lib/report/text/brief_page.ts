/** The page of a run of which there is not much to say: it finished, or only the verdict is wanted. @module */

import type { HumanReport } from "./human_report.ts";
import type { PageStyle } from "./section.ts";
import { verdictLine } from "./verdict.ts";

/** The lines; null where there is more to say. */
export function briefLines(
  report: Pick<HumanReport, "name" | "attempt" | "exitCode" | "note" | "amount" | "closing"> & {
    readonly again: string;
  },
  { style }: PageStyle,
): readonly string[] | null {
  const { name, attempt, exitCode, note, amount, closing, again } = report;
  const verdict = verdictLine(name, attempt, exitCode, style, note);
  if (amount === "quiet") return [verdict];
  if (amount === "verbose" || attempt.verdict !== "finished") return null;
  return [style.dim(`again: ${again}`), ...closing, verdict];
}
