/** Waits of a program without records that are proven never to end, by what a garbage collector knows. @module */

import { atMostFew } from "../clues/clue.ts";
import { at } from "../clues/queries.ts";
import type { Facts } from "../facts.ts";
import { type Branch, lastCall, mainBranches } from "./branches.ts";
import { awaitSteps, deadEnd, type Finding, never } from "./finding.ts";

/** What main works at stands at waits that are proven never to end. */
export function unsettled(facts: Facts): Finding | null {
  const branches = provenOfMain(facts);
  const [first] = branches;
  if (first === undefined || branches.some(closes)) return null;
  const standing = branches.filter(({ proven }) => proven);
  const last = standing[0] ?? first;
  const evidence = atMostFew((standing.length > 0 ? standing : branches).map((branch) => {
    const { at: where, name } = lastCall(branch);
    const detail = `${at(where)}: ${name} awaits a promise; ${never(branch)}`;
    return { kind: "unsettled", detail, ref: "dump.awaits" };
  }));
  return { evidence, path: deadEnd(last, never(last)) };
}

/** The same, where functions await each other in a cycle. */
export function awaitCycle(facts: Facts): Finding | null {
  const found = provenOfMain(facts).find(closes);
  if (found === undefined) return null;
  const steps = awaitSteps(found);
  const back = found.calls.findLastIndex(({ name }) => name === found.closesAt);
  const entry = Math.max(0, back);
  const cycle = found.calls.slice(entry);
  const names = cycle.map(({ name, at: where }) => `${name} (${at(where)})`);
  const detail = names.length === 1
    ? `${names[0]} awaits its own end`
    : `${names.join(" awaits ")}, which awaits the first of them`;
  return {
    evidence: [{ kind: "cycle", detail, ref: "dump.awaits" }],
    path: { kind: "cycle", entry, because: "each of them awaits the next", steps },
  };
}

/** The branches of what main works at, if all of it is proven to stand for ever. */
function provenOfMain(facts: Facts): readonly Branch[] {
  const branches = mainBranches(facts);
  return branches.every(({ calls: [{ node }] }) => node.proven === true) ? branches : [];
}

function closes({ closesAt }: Branch): boolean {
  return closesAt !== null;
}
