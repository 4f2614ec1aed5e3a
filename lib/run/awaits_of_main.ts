/**
 * Where the program's code awaits what the runtime does not know, for a hang whose path ends in main at such an await.
 *
 * @module
 */

import type { SuspendedCall } from "../dump/suspended.ts";
import type { Dump } from "../model/dump.ts";
import { loadLater } from "../os/load_later.ts";
import type { LiveRun } from "./live_run.ts";

/** The suspended functions; none where they do not matter, or main did not answer. To be asked last. */
export async function awaitsOfMain(
  { tools, process, subject: { inspector: { wsUrl } }, watch, pause }: LiveRun,
  dump: Dump | null,
): Promise<readonly SuspendedCall[]> {
  if (dump === null || wsUrl === null || process.exit !== null || watch.stopAsked) return [];
  const { endsInAwaitOfMain } = await loadLater<typeof import("../diagnose/hang_path.ts")>(
    import.meta.resolve("../diagnose/hang_path.ts"),
  );
  if (!endsInAwaitOfMain(dump)) return [];
  return await pause.whileRunning(() => tools.suspendedCalls({ wsUrl }));
}
