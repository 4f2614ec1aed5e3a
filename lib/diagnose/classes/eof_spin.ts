/** The class eof-spin: a reader that does not take the end of its input for an end loops on it. @module */

import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { LADDER_IN_VAIN } from "../clues/channel.ts";
import { CHILD_AT_EOF, HELD_AT_EOF } from "../clues/eof.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { always, reaped, threadGone } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const EOF_SPIN: HangClass = {
  name: "eof-spin",
  summary: "a reader that does not take the end of its input for an end loops on it",
  looksLike:
    "One core is at its limit and nothing comes of it. A child is in its read loop in every look, " +
    "its system calls return at once, and teardown waits for it. main's loop turns, and Ctrl-C ends " +
    "the wait.",
  why:
    "A read at the end of a file, or on a connection whose other side is gone, does not wait: it says " +
    "at once that nothing came. A loop that takes this for 'nothing yet' reads again, for ever. When " +
    "the read is synchronous its event loop never turns, so that no cancel is heard and terminate() " +
    "does not end the thread.",
  fixes: [
    "at the place that is named: treat null, or zero bytes, as the end",
    "to follow a file that grows, wait between two reads, with a sleep that can be cancelled",
    "read asynchronously, and through a stream, which ends by itself",
    "let go of the child's channel and really end its thread (remedies channel-abort and reap)",
  ],
  scenarios: ["eof-spin"],
  rules: [
    {
      variant: "a child reads at the end of something, again and again",
      verdict: "hung",
      owner: "program",
      requires: [CHILD_AT_EOF, HELD_AT_EOF, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        SIGINT_IN_VAIN,
        JOINED_LATE,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        HELD_BY_SWALLOWER,
      ],
      supports: [SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [reaped("the child went only when its thread was ended")],
      refutes: [threadGone("without", "the child went without being ended by force")],
    },
  ],
};
