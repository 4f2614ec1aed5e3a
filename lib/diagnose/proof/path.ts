/**
 * Why nothing moves, told from the task at the top: who waits for whom, down to a cycle or to a wait that nothing is
 * left to end. To be asked only about a standstill that is proven; then whatever it tells is true.
 *
 * @module
 */

import type { Census } from "./census.ts";
import { graphOfCensus } from "../graph/from_census.ts";
import { pathOf } from "../graph/path.ts";
import type { Proof, ProofStep } from "../../model/proof.ts";

/** The path. */
export function explainProof(census: Census): Proof {
  const dead = census.actors.flatMap(({ path, standing }) =>
    standing.kind === "dead" ? [path] : []
  );
  const found = pathOf(graphOfCensus(census), { proven: true, dead });
  const path = (found?.steps ?? []).map(({ actor, task, kind, resource, peer, shielded }) => ({
    ...{ actor, task: task ?? actor, kind, resource, peer, shielded },
  })) satisfies ProofStep[];
  if (found?.kind === "cycle") return { kind: "cycle", path, entry: found.entry };
  const because = found?.because ?? "nothing is left that could run";
  return { kind: "dead-end", path, because };
}
