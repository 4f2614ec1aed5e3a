/**
 * What is found of the hang of a program without records: the evidence, and the path that leads to the line to edit.
 *
 * @module
 */

import type { HangPath, PathStep } from "../../model/path.ts";
import type { Evidence } from "../../model/result.ts";
import { provenText, settlerText } from "../../report/text/await_text.ts";
import { type Branch, lastCall } from "./branches.ts";

/** One explanation of a hang, of which everything was seen. */
export interface Finding {
  readonly evidence: readonly Evidence[];
  readonly path: HangPath;
}

/** A step that is no await. */
export function step(
  { actor, task = null, kind, resource, at = null }:
    & Pick<PathStep, "actor" | "kind" | "resource">
    & Partial<Pick<PathStep, "task" | "at">>,
): PathStep {
  return { actor, task, kind, resource, peer: null, shielded: false, at, spawnedAt: null };
}

/** The functions of a branch, each awaiting the next. */
export function awaitSteps(branch: Branch): PathStep[] {
  const { isolate: actor, calls } = branch;
  return calls.map(({ name: task, at }, n) => {
    const next = calls[n + 1];
    const resource = next === undefined ? awaited(branch) : next.name;
    return step({ actor, task, kind: "await", resource, at });
  });
}

/** No directory: whoever shows the document shortens paths. */
const NOWHERE = "\0";

/** What proves that a promise never settles, in words. */
export function never({ settlers }: Branch): string {
  return provenText(settlers, NOWHERE);
}

/** What the last function of a branch awaits. */
export function awaited({ through, settlers, proven }: Branch): string {
  if (proven) return "a promise that never settles (proven)";
  const by = through.filter((name) => !name.startsWith("__")).slice(0, 4);
  const how = by.length === 0 ? "" : ` (by way of ${by.join(", ")})`;
  const both = settlers.length > 1;
  const who = settlers.map((each) => settlerText(each, both, NOWHERE)).join("; ");
  return `a promise${how}${who === "" ? "" : `, which ${who}`}`;
}

/** A path that ends at a wait, or behind it. */
export function deadEnd(
  branch: Branch,
  because: string,
  further: readonly PathStep[] = [],
): HangPath {
  return { kind: "dead-end", because, steps: [...awaitSteps(branch), ...further] };
}

/** The path where nothing more is known. */
export function openEnd(branch: Branch): HangPath {
  return deadEnd(branch, `${lastCall(branch).name} awaits ${awaited(branch)}`);
}
