/** The confirmed cause of a hang that an action has just ended, in one sentence. @module */

import type { ActionReport } from "../../report/action.ts";
import type { Dump } from "../../report/result.ts";

/** The sentence without its full stop, or null when the dump does not show what was waited for. */
export function confirmedCause(
  _dump: Dump | null,
  _actions: readonly ActionReport[],
): string | null {
  return null;
}
