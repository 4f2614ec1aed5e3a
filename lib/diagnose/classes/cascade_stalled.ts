/**
 * The class cascade-stalled: an actor in the middle of the tree took the cancel and never passed it on to its children.
 * @module
 */

import { CANCEL_STOPPED, PASSED_ON, STALLED_WAIT } from "../clues/cascade.ts";
import { LADDER_IN_VAIN, LADDER_UNDER_WAY } from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { always, freed, frees, inVain, LETTING_GO, sigintIgnored } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const CASCADE_STALLED: HangClass = {
  name: "cascade-stalled",
  summary:
    "an actor in the middle of the tree took the cancel and never passed it on to its children",
  looksLike:
    "A tree of actors does not come down. Nothing burns CPU, every task is parked on a message of " +
    "another actor, politely, and Ctrl-C ends it. One branch has gone as it was asked to; of the " +
    "other, the supervisor acknowledged the cancel, and nobody below it ever heard of one.",
  why:
    "A cancel goes down a tree by hand: every supervisor has to end what it supervises. One that " +
    "waits for its children's work under a shield, or catches the cancel and goes on, stops it for " +
    "its whole branch. Above, the ladder ends that supervisor at last, and whoever waits on its " +
    "channel is not told.",
  fixes: [
    "in the actor that is named: let the cancel through, or bound the shield around its wait",
    "cancel the tasks that are bound to the lost supervisor's channel (remedy cancel-peer-tasks)",
    "break the end of its channel when it is ended or given up (remedy channel-abort)",
  ],
  scenarios: ["cancel-cascade"],
  rules: [
    {
      variant: "an actor in the middle dropped the cancel",
      verdict: "hung",
      owner: "supervisor",
      requires: [CANCEL_STOPPED, STALLED_WAIT, LOOP_TURNS],
      ruledOutBy: [...STARVED, SIGINT_IN_VAIN, JOINED_LATE, LADDER_UNDER_WAY],
      supports: [PASSED_ON, SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [frees(LETTING_GO, "who waited for the actor that dropped the cancel was let go")],
      refutes: [
        inVain(
          ["channel-abort", "cancel-peer-tasks"],
          "nobody waits there for the actor in the middle",
        ),
        freed(["boot-race"], "the wait was for a handshake"),
        sigintIgnored("main's loop does not turn"),
      ],
    },
  ],
};
