/**
 * Which actors run a program that cannot read a file or a connection, by its source: the second witness where the kernel
 * does not tell what a thread reads.
 *
 * @module
 */

import type { Census } from "../diagnose/proof/census.ts";
import { loadLater } from "../os/load_later.ts";

/**
 * Paths of the living actors whose modules use nothing that reaches out of their isolate.
 *
 * @param entry the main module of the subject
 */
export async function cannotRead(census: Census, entry: URL | null): Promise<readonly string[]> {
  const { ProgramSources } = await loadLater<typeof import("./program_sources.ts")>(
    import.meta.resolve("./program_sources.ts"),
  );
  const sources = new ProgramSources(entry, () => census.bootedAt);
  const living = census.actors.flatMap(({ path, module, standing }) =>
    module === null || standing.kind === "dead" ? [] : [{ path, module }]
  );
  await sources.resolve([...new Set(living.map(({ module }) => module))]);
  return living.filter(({ module }) => sources.of(module, "dead").length === 0)
    .map(({ path }) => path);
}
