/** What can be done to a hung subject, in words. @module */

import type { Action } from "../../../model/action.ts";

/** Names an action, so that it can be followed by a colon and what came of it. */
export function actionWords(action: Action): string {
  switch (action.kind) {
    case "sigint":
      return "Ctrl-C";
    case "remedy":
      return action.remedy;
    case "cancel-root":
      return "cancel of the root scope";
    case "cancel-task":
      return `cancel of task ${action.actor}#${action.task}`;
    case "abort-channel":
      return `abort of channel ${action.channel} in ${action.actor}`;
    case "reap":
      return `reap of ${action.actor}`;
  }
}
