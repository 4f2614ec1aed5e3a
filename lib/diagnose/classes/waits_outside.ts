/**
 * The class waits-outside: a task waits for something outside of the runtime: a process, a pipe, a socket, a promise.
 * @module
 */

import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { HELD_BY_CHILD, LADDER_UNDER_WAY, ORPHANED_WAIT } from "../clues/channel.ts";
import { HELD_AT_EOF } from "../clues/eof.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import {
  LOOP_TURNS,
  SIGINT_IN_VAIN,
  SIGINT_UNWEDGED,
  STARVED,
  WORKER_SPINS,
} from "../clues/loop.ts";
import {
  CAME_LATE,
  LABELLED_WAIT,
  OUTSIDE_WORLD,
  STILL_MOVES,
  TIMER_ABOUT,
  UNLABELLED_WAIT,
} from "../clues/outside.ts";
import { SHIELDED_WAIT, TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAYBE_AT_EOF, MAYBE_NATIVE } from "../clues/unseen.ts";
import { MISSED_WAKEUP } from "../clues/wakeup.ts";
import { always, CANCELS, FOR_THE_GONE, freed, frees, notFreed } from "../cause/questions.ts";
import type { Clue } from "../clues/clue.ts";
import { FAR_END, FULL_PIPE, OPEN_CONNECTIONS, OWN_FAR_END, TIMER_SET } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** What would be another explanation of a wait for a promise from outside. */
export const NOT_OUTSIDE: readonly Clue[] = [
  ...STARVED,
  JOINED_LATE,
  ORPHANED_WAIT,
  HELD_BY_CHILD,
  BOOT_WAIT,
  TRAPPED_WAIT,
  SHIELDED_WAIT,
  CANCEL_STOPPED,
  HELD_BY_SWALLOWER,
  HELD_AT_EOF,
  MISSED_WAKEUP,
  STILL_MOVES,
  TIMER_ABOUT,
  CAME_LATE,
  LADDER_UNDER_WAY,
  MAYBE_NATIVE,
  MAYBE_AT_EOF,
];

/** All of the class. */
export const WAITS_OUTSIDE: HangClass = {
  name: "waits-outside",
  summary:
    "a task waits for something outside of the runtime: a process, a pipe, a socket, a promise",
  looksLike:
    "Teardown never returns, no actor is dead, nothing burns CPU, main's loop turns. A task waits for " +
    "a promise that no task of the runtime settles: the exit of a child process, the end of a " +
    "server, a reply. With a label Ctrl-C ends the wait, without one nothing does. Of a program that " +
    "was not made for unwedge: its async functions await an operation of the runtime, and the child " +
    "process or the connection that it is for is there.",
  why:
    "The other side does not do what it is waited for: a child process that writes into a pipe which " +
    "its parent does not read, a server that shuts down only once its last response has ended, a " +
    "service that does not answer. Often it waits for this very program.",
  fixes: [
    "read what a child process writes while you wait for its exit, or use .output()",
    "end what the other side waits for first: close open responses, then shut the server down",
    "bound the wait: failAfter around hold(), AbortSignal.timeout(ms) for a fetch",
    "in an actor, put hold(promise, label) around an await that has none: reports then say what it is for",
  ],
  scenarios: [],
  rules: [
    {
      variant: "a promise with a label",
      verdict: "hung",
      owner: "program",
      requires: [LABELLED_WAIT, LOOP_TURNS],
      ruledOutBy: NOT_OUTSIDE,
      supports: [OUTSIDE_WORLD, SIGINT_UNWEDGED, SIGINT_IN_VAIN],
    },
    {
      variant: "a promise without a label",
      verdict: "hung",
      owner: "program",
      requires: [UNLABELLED_WAIT, LOOP_TURNS],
      ruledOutBy: NOT_OUTSIDE,
      supports: [OUTSIDE_WORLD, SIGINT_UNWEDGED, SIGINT_IN_VAIN],
    },
    {
      variant: "a child process writes into a pipe that nobody empties",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [FULL_PIPE, LOOP_TURNS],
      ruledOutBy: [WORKER_SPINS, TIMER_SET],
      supports: [],
    },
    {
      variant: "a server that shuts down waits for open connections",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [OPEN_CONNECTIONS, LOOP_TURNS],
      ruledOutBy: [WORKER_SPINS, TIMER_SET],
      supports: [],
    },
    {
      variant: "an operation whose far end is this program",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [OWN_FAR_END, LOOP_TURNS],
      ruledOutBy: [WORKER_SPINS, TIMER_SET],
      supports: [],
    },
    {
      variant: "an operation of the runtime",
      unrecorded: true,
      verdict: "hung",
      owner: null,
      requires: [FAR_END, LOOP_TURNS],
      ruledOutBy: [WORKER_SPINS, TIMER_SET],
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
