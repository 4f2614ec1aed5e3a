/**
 * The details of a case that is not as declared, as plain text: for the body of a JUnit failure, the group in a CI log
 * and the page of a mismatch.
 *
 * @module
 */

import { actionText, effectText } from "../text/action_text.ts";
import type { DumpTextOptions } from "../text/dump_page.ts";
import { renderDumpText } from "../text/dump_text.ts";
import { plain } from "../../protocol/text.ts";
import { trialLine } from "../text/trial_text.ts";
import type { Case } from "./cases.ts";

/** How the stacks of a case are shown. */
export type StacksShown = Pick<DumpTextOptions, "stacks" | "internalFrames">;

/** How they are shown unless something else is asked for. */
export const STACKS_FOLDED: StacksShown = { stacks: "folded", internalFrames: false };

/**
 * The lines below the one that says what is wrong (`troubleLine`): how to run it again, evidence and stacks.
 *
 * @param again the command that runs it again, or null when there is none
 * @param shown how its stacks are shown
 */
export function detailLines(
  { attempt, run }: Case,
  again: string | null,
  shown: StacksShown = STACKS_FOLDED,
): string[] {
  const head = again === null ? [] : [`again: ${again}`];
  if (run !== null) head.push(`files: ${run.dir}`);
  if (attempt === null) return head;
  const { evidence, actions = [], diagnosis, missing, dump } = attempt;
  const tried = actions.map((report) => `${actionText(report.action)}: ${effectText(report)}`);
  const { cause = null, trials = [] } = diagnosis ?? {};
  return [
    ...head,
    ...points("evidence:", evidence.map(({ kind, detail }) => `${detail} (${kind})`)),
    ...points("tried:", tried),
    ...(cause === null ? [] : ["", `cause: ${cause}`]),
    ...points("tried on copies of it:", trials.map(trialLine)),
    ...points("evidence that is missing for a class:", missing),
    ...(dump === null ? [] : ["", renderDumpText(dump, { ...shown, color: false }).trimEnd()]),
  ];
}

/** A list with its heading; nothing when it is empty. */
function points(heading: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ["", heading, ...items.map((item) => `- ${item}`)];
}

/** The stacks of a case for a page, between two empty lines; empty when it has none. */
export function stackLines({ attempt }: Case, shown: StacksShown | null, color: boolean): string[] {
  if (attempt === null || attempt.dump === null || shown === null) return [];
  return ["", ...renderDumpText(attempt.dump, { ...shown, color }).trimEnd().split("\n"), ""];
}

/** What the subject itself wrote, with a heading for each stream; empty when it was silent. */
export function outputLines({ attempt }: Case): string[] {
  if (attempt === null) return [];
  const { stdout, stderr } = attempt.outputTail;
  return [["stdout", stdout], ["stderr", stderr]].flatMap(([name, text = ""]) =>
    text.trim() === ""
      ? []
      : [`the subject's ${name}, its end:`, ...plain(text).trimEnd().split("\n")]
  );
}
