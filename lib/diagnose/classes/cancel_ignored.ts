/** The class cancel-ignored: a task was cancelled, and what it awaits takes no cancel. @module */

import { DEAF_TO_ABORT, FULL_PIPE, TIMER_SET } from "../clues/foreign.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, WORKER_SPINS } from "../clues/loop.ts";
import { CANCEL_IGNORED as IGNORED, OUTSIDE_WORLD } from "../clues/outside.ts";
import { NOT_OUTSIDE } from "./waits_outside.ts";
import { always, CANCELS, freed, notFreed } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const CANCEL_IGNORED: HangClass = {
  name: "cancel-ignored",
  summary: "a task was cancelled, and what it awaits takes no cancel",
  looksLike:
    "Teardown never returns, no actor is dead, nothing burns CPU, main's loop turns. Ctrl-C is acted " +
    "on and nothing comes of it. One task has been cancelled and is not parked in the runtime: it " +
    "awaits a promise of the platform or of a package, a fetch for example. Of a program that was not made " +
    "for unwedge: a function that holds an aborted AbortSignal awaits an operation without it.",
  why:
    "A cancel is delivered where a task waits in the runtime. A promise that is awaited without " +
    "hold() knows nothing of it, and no cancel settles it: the task goes on only when the other side " +
    "answers, and a nursery joins it until then.",
  fixes: [
    "put hold(promise, label) around the await: a cancel then ends the wait, though not the work",
    "hand the work a signal that your cancel aborts: fetch(url, { signal })",
    "bound the work itself: AbortSignal.timeout(ms)",
  ],
  scenarios: [],
  rules: [
    {
      variant: "a promise without a label takes no cancel",
      verdict: "hung",
      owner: "program",
      requires: [IGNORED, LOOP_TURNS],
      ruledOutBy: NOT_OUTSIDE,
      supports: [OUTSIDE_WORLD, SIGINT_IN_VAIN],
    },
    {
      variant: "an operation that was not given the aborted signal",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [DEAF_TO_ABORT, LOOP_TURNS],
      ruledOutBy: [FULL_PIPE, WORKER_SPINS, TIMER_SET],
      supports: [],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [notFreed(CANCELS, "the await takes no cancel")],
      refutes: [freed(CANCELS, "the await took the cancel")],
    },
  ],
};
