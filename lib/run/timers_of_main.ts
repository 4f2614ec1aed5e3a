/**
 * The timers of the platform that are set in main, for a hang that is not proven and whose class depends on whether
 * something is about to end it.
 *
 * @module
 */

import type { TimerHandle } from "../dump/open_handles.ts";
import type { Dump } from "../model/dump.ts";
import { loadLater } from "../os/load_later.ts";
import type { LiveRun } from "./live_run.ts";

/** The timers; null where they do not matter, or main did not answer. */
export async function timersOfMain(
  { tools, process, subject: { inspector: { wsUrl } }, watch, pause }: LiveRun,
  dump: Dump | null,
): Promise<readonly TimerHandle[] | null> {
  if (dump === null || wsUrl === null || process.exit !== null || watch.stopAsked) return null;
  const { hingesOnTimers } = await loadLater<typeof import("../diagnose/hang_path.ts")>(
    import.meta.resolve("../diagnose/hang_path.ts"),
  );
  if (!hingesOnTimers(dump)) return null;
  const outcome = await pause.whileRunning(() => tools.openTimers({ wsUrl }));
  return outcome.kind === "named" ? outcome.handles : null;
}
