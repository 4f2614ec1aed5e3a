/**
 * "Still running": said after `slowMs` and then whenever that time has doubled, so that a person sees that the tool
 * lives, and a log is not flooded.
 *
 * @module
 */

import type { RunClock } from "./run_clock.ts";
import type { RunEventBody } from "./run_event.ts";
import type { RunLog } from "./run_log.ts";

/** What the notices need to know. */
export interface SlowParts {
  readonly log: RunLog;
  readonly emit: (event: RunEventBody) => void;
  readonly request: { readonly slowMs: number };
  readonly clock: RunClock;
}

/**
 * Returns a function to be called at every look.
 *
 * @param sinceMs epoch milliseconds from which the time is counted
 */
export function slowNotices(parts: SlowParts, sinceMs: number): () => void {
  const { log, emit, request, clock } = parts;
  const elapsed = () => clock.bound() - clock.bound(sinceMs);
  const firstMs = Math.max(1, request.slowMs);
  let nextMs = firstMs;
  // A second wait of the same run goes on where the first one stopped.
  while (nextMs <= elapsed()) nextMs *= 2;
  return () => {
    const elapsedMs = elapsed();
    if (elapsedMs < nextMs) return;
    nextMs *= 2;
    emit({ type: "slow", elapsedMs, parked: log.longWaits() });
  };
}
