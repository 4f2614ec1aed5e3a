/**
 * A program without records that waits for the answer of a worker that has ended.
 *
 * Invariant: which promise an ended worker would have settled is known by the name under which it is kept: the handler of
 * that worker's messages must use it.
 *
 * @module
 */

import { atMostFew } from "../clues/clue.ts";
import { at } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { type Branch, lastCall, mainBranches } from "./branches.ts";
import { awaited, deadEnd, type Finding } from "./finding.ts";

/** Everything that main waits for would have been settled by messages of workers that have ended. */
export function orphaned(facts: Facts): Finding | null {
  const { dump } = facts;
  const branches = mainBranches(facts);
  const [first] = branches;
  const used = new Set((dump?.endedWorkers ?? []).flatMap(({ uses }) => uses));
  if (first === undefined || !branches.every((branch) => keptUnder(branch, used))) return null;
  const evidence = atMostFew(branches.map((branch) => {
    const { at: where, name } = lastCall(branch);
    const detail = `${at(where)}: ${name} awaits ${awaited(branch)}; the handler of a Worker's ` +
      "messages uses that, and no worker is left: its thread has ended";
    return { kind: "orphan", detail, ref: "dump.endedWorkers" };
  }));
  const because = "the worker whose message would settle it has ended, and nothing tells of that";
  return { evidence, path: deadEnd(first, because) };
}

/** Whether all that could settle it is kept under such a name; that it never will be may be proven besides. */
function keptUnder({ settlers }: Branch, used: ReadonlySet<string>): boolean {
  return settlers.length > 0 &&
    settlers.every(({ by, path }) =>
      by === "variable" && used.has(/^[\w$]+/.exec(path)?.[0] ?? "")
    );
}
