/**
 * The clue that tells a cycle of waits: a proof, and nothing less. Two actors that wait for each other look the same in
 * one dump as two that are about to answer.
 *
 * @module
 */

import type { Clue } from "./clue.ts";

/** Nothing moves, and those who wait wait for each other. */
export const PROVEN_CYCLE: Clue = {
  says: "it is proven that nothing can move any more, and tasks wait for each other in a cycle",
  find: ({ proof }) => {
    if (proof?.kind !== "proven" || proof.proof.kind !== "cycle") return [];
    const { path, entry } = proof.proof;
    return path.slice(entry).map(({ actor, task, kind, resource }, index, cycle) => {
      const next = cycle[(index + 1) % cycle.length];
      const whose = next === undefined ? "" : `, which is up to ${next.actor} ${next.task}`;
      const detail = `${actor} ${task} waits for ${kind} ${resource}${whose}`;
      return { kind: "cycle", detail, ref: `proof.path[${entry + index}]` };
    });
  },
};
