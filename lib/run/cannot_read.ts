/**
 * Which actors run a program that cannot read a file or a connection, by its source: the second witness where the kernel
 * does not tell what a thread reads.
 *
 * @module
 */

import type { Census } from "../diagnose/proof/census.ts";
import { loadLater } from "../os/load_later.ts";
import { LIBRARY } from "./prover.ts";

/** Paths of the living actors whose modules use nothing that reaches out of their isolate. */
export async function cannotRead({ actors }: Census): Promise<readonly string[]> {
  const { foreignSources } = await loadLater<typeof import("../diagnose/proof/foreign.ts")>(
    import.meta.resolve("../diagnose/proof/foreign.ts"),
  );
  return actors.flatMap(({ path, module, standing }) =>
    module !== null && standing.kind !== "dead" &&
      foreignSources([module], LIBRARY, "dead").length === 0
      ? [path]
      : []
  );
}
