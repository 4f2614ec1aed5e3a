/**
 * Reads a `.heapsnapshot` file: the await tree of an isolate whose process need not be there any more. A file has no
 * source maps and does not tell where a function is suspended, so positions are those of the functions, in the code as
 * V8 ran it.
 *
 * @module
 */

import type { HeapGraph } from "./heap_graph.ts";
import { SnapshotReader } from "./snapshot_reader.ts";
import type { Positions } from "./read_awaits.ts";

/** Positions as the file has them. */
export const FILE_POSITIONS: Positions = {
  locate: null,
  begin: ({ file, line, column }) =>
    Promise.resolve(file === "" ? null : { file, line: line + 1, column: column + 1 }),
};

/**
 * Reads the graph.
 *
 * @throws {NotASnapshotError} when it is no heap snapshot, or not whole
 * @throws {Deno.errors.NotFound} when there is no such file
 * @throws the reason of the signal
 */
export async function readHeapFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly graph: HeapGraph; readonly bytes: number }> {
  const reader = new SnapshotReader();
  // The stream closes the file, however the loop ends.
  const { readable } = await Deno.open(path);
  const text = readable.pipeThrough(new TextDecoderStream(), signal && { signal });
  for await (const chunk of text) reader.push(chunk);
  return { graph: reader.finish(), bytes: reader.length };
}
