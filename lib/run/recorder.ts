/**
 * The harness's own entries in the timeline: what it saw and did, between what the subject says of itself.
 *
 * @module
 */

import { actionText, effectText } from "../report/text/action_text.ts";
import type { HungBecause, RunEventBody } from "./run_event.ts";

/** One thing that the harness saw or did. */
export interface Recorded {
  /** Epoch milliseconds. */
  readonly t: number;
  readonly event: string;
  readonly detail: string;
}

/** The timeline entry of an event; null for those that the journal has itself, or that are progress only. */
export function record(t: number, event: RunEventBody): Recorded | null {
  const entry = (detail: string): Recorded => ({ t, event: event.type, detail });
  switch (event.type) {
    case "subject-started":
      return entry(`process ${event.pid}`);
    case "clock":
      return event.which === "nursery-joined" ? null : entry(event.which);
    case "deadline-passed":
      return entry(event.joined ? "joined, but still there" : "not joined");
    case "proven":
      return entry("nothing moves any more, and nothing ever will");
    case "dump-taken":
      return entry(`${event.dump.isolates.length} isolates, ${event.dump.tasks.length} tasks`);
    case "dump-failed":
    case "ending":
      return entry("why" in event ? event.why : "");
    case "sigint-sent":
      return entry("");
    case "sigint-ignored":
      return entry(`not acted on within ${event.waitedMs} ms`);
    case "main-freed":
      return entry(event.how);
    case "standing":
      return entry(`before somebody, because ${BECAUSE[event.because]}`);
    case "resumed":
      return entry(`after ${Math.round(event.stoodMs)} ms: ${event.then}`);
    case "action-started":
      return entry(actionText(event.action));
    case "action-done":
      return entry(effectText(event.report));
    case "paused":
      return entry("subject and clocks are stopped");
    case "continued":
      return entry(`after ${Math.round(event.pausedMs)} ms`);
    default:
      return null;
  }
}

const BECAUSE: Readonly<Record<HungBecause, string>> = {
  "deadline-passed": "its deadline has passed",
  proven: "it is proven to hang",
  interrupted: "somebody asked",
};
