/** The class late: teardown came to its end by itself, but after the deadline: slow, not wedged. @module */

import { HELD_BY_DEBUGGER, JOINED_LATE, WENT_LATE } from "../clues/leak.ts";
import { LOOP_TURNS } from "../clues/loop.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const LATE: HangClass = {
  name: "late",
  summary: "teardown came to its end by itself, but after the deadline: slow, not wedged",
  looksLike: "Teardown takes longer than its deadline and then returns.",
  why: "A loaded machine, bounds of the ladder that add up, or a deadline that is too short.",
  fixes: [
    "compare the deadline with the sum of the waits that the ladder may take",
    "look at the timeline for the step that took the time",
  ],
  scenarios: [],
  rules: [
    {
      variant: "joined after the deadline",
      verdict: "hung",
      owner: null,
      requires: [JOINED_LATE],
      ruledOutBy: [],
      supports: [LOOP_TURNS],
    },
    {
      variant: "the process went after the deadline",
      verdict: "leaked",
      owner: null,
      requires: [WENT_LATE],
      ruledOutBy: [HELD_BY_DEBUGGER],
      supports: [],
    },
  ],
  confirmations: [],
};
