/**
 * What was done to a hung subject, and what came of it, as sentences.
 *
 * @module
 */

import type { ControlReply } from "../../protocol/control.ts";
import type { Action, ActionReport, Clocks } from "../../model/action.ts";
import { count } from "./words.ts";
import { time } from "../../protocol/duration.ts";

/** What was done, as a phrase: `remedy channel-abort`, `SIGINT`. */
export function actionText(action: Action): string {
  switch (action.kind) {
    case "sigint":
      return "SIGINT";
    case "remedy":
      return `remedy ${action.remedy}`;
    case "cancel-root":
      return "cancel the root task";
    case "cancel-task":
      return `cancel task ${action.actor}#${action.task}`;
    case "abort-channel":
      return `abort channel ${action.channel}`;
    case "reap":
      return `reap ${action.actor}`;
  }
}

/** What came of it, in one line. */
export function effectText(
  { effect, clocks, unwedged, unsure, tasksLeft, watchedMs }: ActionReport,
): string {
  if (effect.kind !== "applied") return replyText(effect);
  const stopped = clockTexts(clocks);
  const moved = tasksLeft.length === 0
    ? `no task moved in ${time(watchedMs)}`
    : `${count(tasksLeft.length, "task")} moved`;
  const came = stopped.length === 0 ? moved : stopped.join(", ");
  const doubt = unsure === undefined ? "" : `; perhaps by itself: ${unsure}`;
  return `${effect.did.join("; ")}: ${unwedged ? "unwedged, " : ""}${came}${doubt}`;
}

/** Which clocks an action or a trial stopped, and how long after it: `the nursery joined after 1.9 ms`. */
export function clockTexts({ nurseryJoinedMs, threadsGoneMs, processExitedMs }: Clocks): string[] {
  return [
    nurseryJoinedMs === null ? [] : [`the nursery joined after ${time(nurseryJoinedMs)}`],
    threadsGoneMs === null ? [] : [`the threads were gone after ${time(threadsGoneMs)}`],
    processExitedMs === null ? [] : [`the process exited after ${time(processExitedMs)}`],
  ].flat();
}

/** What the runtime, or the harness, says that it did. */
export function replyText(reply: ControlReply): string {
  switch (reply.kind) {
    case "applied":
      return reply.did.join("; ");
    case "nothing-to-do":
      return `nothing to do: ${reply.why}`;
    case "failed":
      return `failed: ${reply.why}`;
  }
}
