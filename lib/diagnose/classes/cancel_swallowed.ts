/** The class cancel-swallowed: a task catches its cancel and goes on, and teardown waits for it. @module */

import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { LADDER_IN_VAIN } from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER, SWALLOWED, SWALLOWER_NOW } from "../clues/swallow.ts";
import { always, reaped, threadGone } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const CANCEL_SWALLOWED: HangClass = {
  name: "cancel-swallowed",
  summary: "a task catches its cancel and goes on, and teardown waits for it",
  looksLike:
    "Teardown never returns although everybody was asked to end. One actor goes on with its work as " +
    "if nothing had been said, often with a core at its limit, for each of its waits now fails at " +
    "once. main's loop turns, and Ctrl-C ends the wait.",
  why:
    "A cancel arrives as an error at a wait. A catch without a condition takes it with all the other " +
    "errors, and a loop around it goes on. The cancel stays in force, so that the next wait throws it " +
    "again: the loop spins over its own catch and never gives its event loop a turn, and then not " +
    "even terminate() ends the thread.",
  fixes: [
    "at the place that is named: throw a Cancelled on, `if (error instanceof Cancelled) throw error`",
    "catch only what you expect, by its class",
    "put what must be done after a cancel under a shield with a bound, not into a catch",
    "let go of the child's channel and really end its thread (remedies channel-abort and reap)",
  ],
  scenarios: ["swallowed-cancel"],
  rules: [
    {
      variant: "a catch takes the cancel, and the task goes on",
      verdict: "hung",
      owner: "program",
      requires: [SWALLOWED, HELD_BY_SWALLOWER, LOOP_TURNS],
      ruledOutBy: [...STARVED, SIGINT_IN_VAIN, JOINED_LATE, TRAPPED_WAIT, CANCEL_STOPPED],
      supports: [SWALLOWER_NOW, SIGINT_UNWEDGED, LADDER_IN_VAIN],
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
