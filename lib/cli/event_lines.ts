/**
 * From the harness's events to those of the published stream. Dumps and attempts are named here, not repeated: they
 * stand in the result document.
 *
 * @module
 */

import type { RunEvent } from "../run/run_event.ts";
import type { StreamEventBody } from "../model/stream_event.ts";

/** The published event for one of the harness's. `attempt` counts from 1. */
export function streamEventOf(attempt: number, event: RunEvent): StreamEventBody {
  switch (event.type) {
    case "subject-started":
      return { type: "subject-started", attempt, pid: event.pid };
    case "scenario": {
      const { facts, deadlineMs } = event;
      return { type: "scenario-loaded", attempt, name: facts.name, deadlineMs };
    }
    case "teardown-requested":
      return { type: "teardown-requested", attempt, why: event.why };
    case "rung": {
      const { peer, rung, step, effect } = event;
      return { type: "rung", attempt, actor: peer, rung, step, effect };
    }
    case "clock":
      return { type: "clock", attempt, which: event.which, afterMs: tenths(event.ms) };
    case "slow":
      return { type: "slow", attempt, elapsedMs: tenths(event.elapsedMs), parked: event.parked };
    case "deadline-passed": {
      const { deadlineMs, joined } = event;
      return { type: "deadline-passed", attempt, deadlineMs, joined };
    }
    case "proven":
      return { type: "proven", attempt, afterMs: tenths(event.ms) };
    case "dump-started":
      return { type: "dump-started", attempt };
    case "dump-taken": {
      const { complete, isolates, tasks, tookMs } = event.dump;
      const counts = { isolates: isolates.length, tasks: tasks.length };
      return { type: "dump-taken", attempt, complete, ...counts, tookMs: tenths(tookMs) };
    }
    case "dump-failed":
      return { type: "dump-failed", attempt, why: event.why };
    case "sigint-sent":
      return { type: "sigint-sent", attempt };
    case "sigint-acted":
      return {
        type: "sigint-acted",
        attempt,
        afterMs: tenths(event.ms),
        ...event.by === undefined ? {} : { by: event.by },
      };
    case "sigint-ignored":
      return { type: "sigint-ignored", attempt, waitedMs: tenths(event.waitedMs) };
    case "main-freed": {
      const handledMs = event.handledMs === null ? null : tenths(event.handledMs);
      return { type: "main-freed", attempt, how: event.how, handledMs };
    }
    case "standing":
      return { type: "standing", attempt, because: event.because };
    case "resumed":
      return { type: "resumed", attempt, then: event.then, stoodMs: tenths(event.stoodMs) };
    case "action-started":
      return { type: "action-started", attempt, action: event.action };
    case "action-done":
      return { type: "action-done", attempt, report: event.report };
    case "paused":
      return { type: "paused", attempt };
    case "continued":
      return { type: "continued", attempt, pausedMs: tenths(event.pausedMs) };
    case "ending":
      return { type: "ending", attempt, why: event.why };
    case "judged": {
      const { verdict, class: hangClass, owner, proven, clocks } = event.attempt;
      return { type: "judged", attempt, verdict, class: hangClass, owner, proven, clocks };
    }
  }
}

/** What is measured from outside is not more exact than this. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
