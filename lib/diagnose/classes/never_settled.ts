/**
 * The class never-settled: a task waits for what no task that is left will do: take from a full channel, set an event.
 * @module
 */

import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { HELD_BY_CHILD, LADDER_UNDER_WAY, ORPHANED_WAIT } from "../clues/channel.ts";
import { ENDED_UNASKED } from "../clues/crash.ts";
import { UNPROVEN } from "../clues/cycle.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAY_BE_SETTLED, UNSETTLED } from "../clues/unsettled.ts";
import { MISSED_WAKEUP } from "../clues/wakeup.ts";
import { HIDDEN_ACTOR } from "../clues/unseen.ts";
import { always, CANCELS, FOR_THE_GONE, freed, frees, notFreed } from "../cause/questions.ts";
import { PROVEN_WAIT, WORKER_ENDED } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const NEVER_SETTLED: HangClass = {
  name: "never-settled",
  summary: "a task waits for what no task that is left will do: take from a channel, set an event",
  looksLike:
    "Teardown never returns, no actor is dead, nothing burns CPU, main's loop turns, and Ctrl-C ends " +
    "it at once. One task is parked in send on a full channel, in receive on an empty one, or in the " +
    "wait for an event, and the task that should have been at the other end has ended or gone on. Of a " +
    "program that was not made for unwedge: no code that can still run holds what would settle the " +
    "promise that it awaits; that is proven from its heap.",
  why:
    "A wait is a promise that some other code will act: read the channel, set the event, give the " +
    "thing back to its pool. An error path that leaves before it acts, a reader that stops after the " +
    "first value, or a task that is both writer and reader breaks the promise, and no error is " +
    "raised.",
  fixes: [
    "whatever goes wrong, in the end read on or close, set the event, give the thing back",
    "give a channel that is read once room for everything that can be sent",
    "bound the wait (failAfter, or a timeout of your own): it then fails visibly instead of hanging",
  ],
  scenarios: [],
  rules: [
    {
      variant: "no task is left to end the wait",
      verdict: "hung",
      owner: "program",
      requires: [UNSETTLED, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        SIGINT_IN_VAIN,
        JOINED_LATE,
        MISSED_WAKEUP,
        ORPHANED_WAIT,
        HELD_BY_CHILD,
        BOOT_WAIT,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        HELD_BY_SWALLOWER,
        MAY_BE_SETTLED,
        LADDER_UNDER_WAY,
        HIDDEN_ACTOR,
      ],
      supports: [ENDED_UNASKED, SIGINT_UNWEDGED, UNPROVEN],
    },
    {
      variant: "no code that can still run could settle it",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [PROVEN_WAIT, LOOP_TURNS],
      // That says more: who should have settled it.
      ruledOutBy: [WORKER_ENDED],
      supports: [],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [
        frees(CANCELS, "the wait had to be given up"),
        notFreed(FOR_THE_GONE, "no actor was dead or stuck"),
      ],
      refutes: [freed(FOR_THE_GONE, "it was an actor that was waited for")],
    },
  ],
};
