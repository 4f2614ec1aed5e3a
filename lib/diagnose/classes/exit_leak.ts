/** The class exit-leak: teardown was done in time, and a thread or a handle keeps the process. @module */

import { LADDER_IN_VAIN } from "../clues/channel.ts";
import { LOOP_TURNS } from "../clues/loop.ts";
import {
  EXIT_UNSEEN,
  FOREIGN_WORKER,
  FORGOTTEN_ACTOR,
  HELD_BY_DEBUGGER,
  ONLY_MAIN,
  SURVIVES_TERMINATE,
  WENT_LATE,
} from "../clues/leak.ts";
import { NATIVE_LEFTOVER } from "../clues/native.ts";
import { HIDDEN_ACTOR } from "../clues/unseen.ts";
import { FOR_THE_GONE, goes, letsNothingGo } from "../cause/questions.ts";
import { LEFT_OPEN, STILL_SERVES, TIMER_SET } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const EXIT_LEAK: HangClass = {
  name: "exit-leak",
  summary: "teardown was done in time, and a thread or a handle keeps the process",
  looksLike:
    "The program reports that it is done and does not exit. Of a program that was not made for " +
    "unwedge: main is at rest, no async function of it waits, and a timer that repeats, a server, a " +
    "channel or an idle worker is open.",
  why: "A web worker that is stuck in JavaScript survives terminate(), and its pending control " +
    "channel keeps the parent's loop alive for ever. Or a worker was never ended, or a timer or " +
    "listener was left behind.",
  fixes: [
    "a handle: close or unref what main still holds",
    "a thread: end it for real, through the V8 inspector (remedy reap), which does nothing to a handle",
    "either: call Deno.exit() when teardown is done; it waits for neither",
  ],
  scenarios: ["exit-leak", "exit-leak-timer"],
  rules: [
    {
      variant: "terminate() did not terminate",
      verdict: "leaked",
      owner: "platform",
      requires: [SURVIVES_TERMINATE],
      ruledOutBy: [WENT_LATE, EXIT_UNSEEN, NATIVE_LEFTOVER, HIDDEN_ACTOR],
      supports: [LADDER_IN_VAIN],
    },
    {
      variant: "an actor was forgotten",
      verdict: "leaked",
      owner: "supervisor",
      requires: [FORGOTTEN_ACTOR],
      ruledOutBy: [WENT_LATE, EXIT_UNSEEN, NATIVE_LEFTOVER, HIDDEN_ACTOR],
      supports: [],
    },
    {
      variant: "a worker of the program's own",
      verdict: "leaked",
      owner: "program",
      requires: [FOREIGN_WORKER],
      ruledOutBy: [WENT_LATE, EXIT_UNSEEN, NATIVE_LEFTOVER, HIDDEN_ACTOR],
      supports: [],
    },
    {
      variant: "a client of the inspector stays connected",
      verdict: "leaked",
      // The runtime's own (remedy reap) or a person's: what connected cannot be told from outside.
      owner: null,
      requires: [HELD_BY_DEBUGGER],
      ruledOutBy: [],
      supports: [],
    },
    {
      variant: "a handle in main",
      verdict: "leaked",
      owner: "program",
      requires: [ONLY_MAIN],
      ruledOutBy: [WENT_LATE, EXIT_UNSEEN, HIDDEN_ACTOR],
      supports: [],
    },
    {
      variant: "main of a program has come to its end, and a handle keeps it",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [LEFT_OPEN, LOOP_TURNS],
      ruledOutBy: [TIMER_SET],
      supports: [],
    },
    {
      variant: "main of a program has come to its end, and a server listens",
      unrecorded: true,
      verdict: "hung",
      owner: null,
      requires: [STILL_SERVES, LOOP_TURNS],
      ruledOutBy: [TIMER_SET],
      supports: [],
    },
  ],
  confirmations: [
    {
      variant: "a handle in main",
      when: ({ handle }) => handle,
      confirms: [
        letsNothingGo(
          FOR_THE_GONE,
          "what keeps it is a handle of the program's, and nobody else's",
        ),
      ],
      refutes: [goes(FOR_THE_GONE, "an actor was left, and not a handle alone")],
    },
    {
      variant: "a thread",
      when: ({ handle }) => !handle,
      confirms: [goes(["reap"], "the thread that was left kept the process")],
      refutes: [(tried) => ({
        holds: tried.threadsGone("reap") === true && tried.effect("reap") === "in-vain",
        says:
          "reap ended the threads that were left, and the process stayed: something else keeps it",
      })],
    },
  ],
};
