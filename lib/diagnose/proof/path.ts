/**
 * Why nothing moves, told from the task at the top: who waits for whom, down to a cycle or to a wait that nothing is
 * left to end. To be asked only about a standstill that is proven; then whatever it tells is true.
 *
 * @module
 */

import type { Census } from "./census.ts";
import { explain } from "../graph/explain.ts";
import { graphOfCensus } from "../graph/from_census.ts";
import { CYCLE_BECAUSE, pathOf } from "../graph/path.ts";
import type { HangPath } from "../../model/path.ts";
import type { Proof } from "../../model/proof.ts";

/** The path, as the journal alone tells it: without positions. */
export function explainProof(census: Census): Proof {
  const dead = census.actors.flatMap(({ path, standing }) =>
    standing.kind === "dead" ? [path] : []
  );
  const found = explain(graphOfCensus(census), true);
  if (found === null) {
    return { kind: "dead-end", path: [], because: "nothing is left that could run" };
  }
  return proofOf(pathOf(found, { proven: true, dead }));
}

/** A path as a proof tells it. */
export function proofOf(found: HangPath): Proof {
  const path = found.steps.map(({ actor, task, kind, resource, peer, shielded }) => ({
    ...{ actor, task: task ?? "(its isolate)", kind, resource, peer, shielded },
  }));
  return found.kind === "cycle"
    ? { kind: "cycle", path, entry: found.entry }
    : { kind: "dead-end", path, because: found.because };
}

/** The path that a proof tells, for a hang that could not be looked into. */
export function pathIn(proof: Proof): HangPath {
  const steps = proof.path.map((step) => ({ ...step, at: null, spawnedAt: null }));
  return proof.kind === "cycle"
    ? { kind: "cycle", entry: proof.entry, because: CYCLE_BECAUSE, steps }
    : { kind: "dead-end", because: proof.because, steps };
}
