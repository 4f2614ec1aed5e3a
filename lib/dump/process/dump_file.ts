/** Dumps a `.heapsnapshot` file: what waits in an isolate whose process need not be there any more. @module */

import { FILE_POSITIONS, readHeapFile } from "../../heap/read_file.ts";
import { readAwaits } from "../../heap/read_awaits.ts";
import { CUT_SHORT } from "../../heap/take_snapshot.ts";
import { NotASnapshotError } from "../../heap/snapshot_format.ts";
import { errorMessage } from "../../protocol/error_message.ts";
import type { ProcessDumpOutcome } from "./dump_process.ts";

/** Takes a dump of a file; refused when it is none, or the signal cuts it short. */
export async function dumpFile(path: string, signal?: AbortSignal): Promise<ProcessDumpOutcome> {
  const startedAt = performance.now();
  try {
    const { graph, bytes } = await readHeapFile(path, signal);
    const { awaits, suspended } = await readAwaits(graph, FILE_POSITIONS, signal);
    const tookMs = performance.now() - startedAt;
    const heap = { snapshotBytes: bytes, tookMs, nodes: graph.nodeCount, suspended };
    const isolate = {
      id: "isolate",
      kind: "unknown",
      url: null,
      state: "unknown",
      thread: null,
      samples: [],
      heap,
      awaits,
    } as const;
    return {
      kind: "dumped",
      dump: {
        schema: "unwedge/process-dump@1",
        target: { kind: "file", pid: null, runtime: null, file: path },
        complete: true,
        missing: [],
        isolates: [isolate],
        outside: null,
        handles: [],
        openedPort: null,
        tookMs,
      },
    };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { kind: "refused", why: CUT_SHORT };
    if (error instanceof NotASnapshotError) {
      return {
        kind: "refused",
        why: `${path} cannot be read as a heap snapshot: ${error.message}`,
      };
    }
    if (error instanceof Deno.errors.NotFound) {
      return { kind: "refused", why: `there is no file ${path}` };
    }
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
      return { kind: "refused", why: `${path} may not be read: ${errorMessage(error)}` };
    }
    if (error instanceof Deno.errors.IsADirectory) {
      return { kind: "refused", why: `${path} is a directory` };
    }
    throw error;
  }
}
