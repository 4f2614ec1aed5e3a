/** Who waits for whom in a hang, for the document and for the clues that rest on it. @module */

import type { Dump } from "../model/dump.ts";
import type { HangPath } from "../model/path.ts";
import type { ProofReport } from "../model/proof.ts";
import type { Facts } from "./facts.ts";
import { awaitPlace } from "./await_place.ts";
import { foreignPath } from "./foreign/path.ts";
import { explain, type Explained } from "./graph/explain.ts";
import { graphOfDump } from "./graph/from_dump.ts";
import { pathOf } from "./graph/path.ts";
import { pathIn, proofOf } from "./proof/path.ts";

/** Several clues ask about the same facts. */
const explained: WeakMap<Facts, Explained | null> = new WeakMap();

/** What the dump shows of who waits for whom; null where there is no dump, or it does not show the root actor. */
export function explainHang(facts: Facts): Explained | null {
  const known = explained.get(facts);
  if (known !== undefined) return known;
  const { dump } = facts;
  const found = dump === null ? null : explain(graphOfDump(dump), isProven(facts));
  explained.set(facts, found);
  return found;
}

/** Whether the class of a hang that is not proven depends on what a timer may be about to do. */
export function hingesOnTimers(dump: Dump): boolean {
  const explanation = explain(graphOfDump(dump), false)?.explanation;
  if (explanation === undefined || explanation.kind === "cycle") return explanation !== undefined;
  const wait = explanation.end?.wait ?? null;
  // A timer may settle the promise of somebody else's that the path ends at, or abort what it is for.
  const isOutside = explanation.end !== null && (wait === null || wait.kind === "hold");
  if (isOutside || (wait?.otherEnd ?? null) !== null) return true;
  // And send a notification once more that was missed before.
  return dump.tasks.some(({ parkedOn }) => parkedOn?.missed !== undefined);
}

/** The path; null where nothing is known. Without a dump it is that of the proof, which has no positions. */
export function hangPath(facts: Facts): HangPath | null {
  if (facts.journal === false) return foreignPath(facts);
  const found = explainHang(facts);
  if (found === null) return facts.proof?.kind === "proven" ? pathIn(facts.proof.proof) : null;
  const path = pathOf(found, { proven: isProven(facts), dead: facts.deadActors });
  const last = path.steps.at(-1);
  const end = unlabelledEnd(found);
  if (path.kind === "cycle" || last === undefined || end === null) return path;
  const at = awaitPlace(facts, end);
  return { ...path, steps: [...path.steps.slice(0, -1), { ...last, at }] };
}

/** Whether the path ends in main at a promise without a label. */
export function endsInAwaitOfMain(dump: Dump): boolean {
  const found = explain(graphOfDump(dump), false);
  const id = found === null ? null : unlabelledEnd(found);
  return dump.tasks.some((task) => task.id === id && task.actor === "root" && task.parent !== null);
}

/** Id of the task at the end of the path that awaits a promise without a label; null when it ends in something else. */
function unlabelledEnd({ explanation }: Explained): string | null {
  if (explanation.kind === "cycle" || explanation.end === null) return null;
  const { node, wait } = explanation.end;
  return wait === null && node.kind === "task" ? node.key : null;
}

/** A proof as told along the path that the dump shows, which knows the program's tasks from unwedge's own. */
export function provenAlong(
  proof: ProofReport | null,
  path: HangPath | null,
): ProofReport | null {
  return proof?.kind === "proven" && path !== null ? { ...proof, proof: proofOf(path) } : proof;
}

/** Whether it is proven that nothing can move any more. */
export function isProven({ proof }: Facts): boolean {
  return proof?.kind === "proven";
}
