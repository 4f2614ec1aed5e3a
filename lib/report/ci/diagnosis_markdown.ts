/**
 * A diagnosis as Markdown: what was tried as a table, and the cause in its sentence.
 *
 * @module
 */

import type { DiagnosisReport } from "../../model/diagnosis.ts";
import { trialCells } from "../text/trial_text.ts";

/** Agreement or conflict, as it is said after the name of the class. */
const SAID = {
  confirmed: "confirmed by what unwedged it",
  conflict: "contradicted by what unwedged it",
  unconfirmed: "neither confirmed nor contradicted by what was tried",
} as const;

/**
 * The lines.
 *
 * @param noThreads whether the worker threads had gone by themselves
 * @param escaped makes text safe for a cell or a paragraph
 */
export function diagnosisMarkdown(
  name: string,
  diagnosis: DiagnosisReport,
  noThreads: boolean,
  escaped: (text: string) => string,
): string[] {
  const { trials, smallest, cause, masks, lost, confirmation } = diagnosis;
  const rows = trials.map((trial) => {
    const { name, nursery, threads, process, note, helped } = trialCells(trial, noThreads);
    const best = name === smallest.nursery || name === smallest.process;
    const title = best ? `**${escaped(name)}**` : escaped(name);
    const why = helped === "process" || helped === "nursery" ? "" : escaped(note);
    return `| ${[title, nursery, threads, process, why].join(" | ")} |`;
  });
  return [
    `### ${escaped(name)}: ${escaped(confirmation.class)}, ${SAID[confirmation.kind]}`,
    "",
    ...(cause === null ? [] : [escaped(cause), ""]),
    ...confirmation.because.map((each) => `- ${escaped(each)}`),
    ...masks.map((each) => `- ${escaped(each)}`),
    ...(lost === null ? [] : [`- The process is lost: ${escaped(lost)}`]),
    "",
    "| tried | nursery | threads | process | |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ];
}
