/** The class lost-wakeup: a task waits for a notification that was sent before it began to wait. @module */

import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { HELD_BY_CHILD, LADDER_UNDER_WAY, ORPHANED_WAIT } from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MISSED_WAKEUP, SENDERS_GONE, WAKEUP_MAY_COME } from "../clues/wakeup.ts";
import { MAYBE_NATIVE } from "../clues/unseen.ts";
import { always, CANCELS, FOR_THE_GONE, freed, frees, notFreed } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const LOST_WAKEUP: HangClass = {
  name: "lost-wakeup",
  summary: "a task waits for a notification that was sent before it began to wait",
  looksLike:
    "Teardown never returns. All actors have ended in order, nothing burns CPU, main's loop turns, " +
    "and Ctrl-C ends it at once. It happens now and then, for it depends on who comes first.",
  why:
    "A notification wakes those who wait at that moment and leaves nothing behind. A task that " +
    "begins to wait a moment later waits for the next one, and there is none when its sender has " +
    "done its work and gone.",
  fixes: [
    "use an Event, which stays set: who comes late finds it set",
    "keep what the notification is about in a variable, and look at it before each wait",
    "begin to wait before the one that notifies is started",
    "bound the wait (moveOnAfter), and look again",
  ],
  scenarios: ["lost-wakeup"],
  rules: [
    {
      variant: "sent before it was waited for",
      verdict: "hung",
      owner: "program",
      requires: [MISSED_WAKEUP, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        SIGINT_IN_VAIN,
        JOINED_LATE,
        ORPHANED_WAIT,
        HELD_BY_CHILD,
        BOOT_WAIT,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        HELD_BY_SWALLOWER,
        LADDER_UNDER_WAY,
        MAYBE_NATIVE,
        WAKEUP_MAY_COME,
      ],
      supports: [SENDERS_GONE, SIGINT_UNWEDGED],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [
        frees(CANCELS, "the wait had to be given up"),
        notFreed(FOR_THE_GONE, "nobody was dead or stuck who could have been told, or ended"),
      ],
      refutes: [freed(FOR_THE_GONE, "it was a peer that was waited for, not a word that was lost")],
    },
  ],
};
