/**
 * The class orphaned-channel: a task waits on the channel of an actor that is dead or given up, and nobody told it.
 * @module
 */

import {
  LADDER_IN_VAIN,
  LADDER_UNDER_WAY,
  ORPHANED_SENDER,
  ORPHANED_WAIT,
  ORPHANING_CHILD,
  SILENT_CHANNEL,
} from "../clues/channel.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { always, freed, frees, inVain, LETTING_GO, sigintIgnored } from "../cause/questions.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { ENDED_UNASKED } from "../clues/crash.ts";
import { TIMER_SET, WORKER_ENDED } from "../clues/foreign.ts";
import { HELD_AT_EOF } from "../clues/eof.ts";
import { FLOODED_LATE } from "../clues/flood.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { NATIVE_PEERS } from "../clues/native.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAYBE_AT_EOF, MAYBE_NATIVE } from "../clues/unseen.ts";
import type { HangClass } from "../hang_class.ts";

/** No actor in the middle dropped the cancel, no shield holds, and SIGINT was not in vain. */
const NOT_ORPHANED = [
  ...STARVED,
  SIGINT_IN_VAIN,
  JOINED_LATE,
  TRAPPED_WAIT,
  CANCEL_STOPPED,
  NATIVE_PEERS,
  HELD_BY_SWALLOWER,
  HELD_AT_EOF,
  FLOODED_LATE,
  LADDER_UNDER_WAY,
  MAYBE_NATIVE,
  MAYBE_AT_EOF,
];

/** All of the class. */
export const ORPHANED_CHANNEL: HangClass = {
  name: "orphaned-channel",
  summary: "a task waits on the channel of an actor that is dead or given up, and nobody told it",
  looksLike: "Teardown never returns. Nothing burns CPU in main, its loop turns, and Ctrl-C ends " +
    "the wait at once. The child was hard-killed, or died by itself, some time ago. Of a program that was " +
    "not made for unwedge: main awaits what a worker's messages would settle, and no worker is left.",
  why:
    "A worker that dies or is given up sends no end-of-file: its port falls silent. Supervision " +
    "that ends a child without ending its own side of the channel leaves every task that is parked " +
    "in recv or send there, and the nursery that joins those tasks, waiting for ever.",
  fixes: [
    "break the supervisor's end of the channel when a child is given up (remedy channel-abort)",
    "cancel the tasks that are bound to the dead peer's channel (remedy cancel-peer-tasks)",
    "watch for the child's real death and turn it into end-of-file (remedy death-watch)",
    "a worker of your own: hold a Web Lock in it as long as it lives, and reject what is pending once main gets it",
    "bound the shielded wait for the children (remedy bounded-join): teardown goes on, the task stays",
  ],
  scenarios: [
    "non-checkpointing",
    "spinning-child",
    "silent-channel",
    "quiet-death",
    "backpressure",
    "mass-abandon",
  ],
  rules: [
    {
      variant: "nobody told the sender",
      verdict: "hung",
      owner: "supervisor",
      requires: [ORPHANED_SENDER, SILENT_CHANNEL, LOOP_TURNS],
      ruledOutBy: NOT_ORPHANED,
      supports: [ORPHANED_WAIT, ORPHANING_CHILD, ENDED_UNASKED, SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
    {
      variant: "nobody told the receiver",
      verdict: "hung",
      owner: "supervisor",
      requires: [ORPHANED_WAIT, SILENT_CHANNEL, LOOP_TURNS],
      ruledOutBy: NOT_ORPHANED,
      supports: [ORPHANING_CHILD, ENDED_UNASKED, SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
    {
      variant: "a worker ended with requests unanswered",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [WORKER_ENDED, LOOP_TURNS],
      ruledOutBy: [TIMER_SET],
      supports: [],
    },
  ],
  confirmations: [
    {
      when: always,
      confirms: [frees(LETTING_GO, "who waited on the channel had only to be told")],
      refutes: [
        inVain(["channel-abort"], "the channel was told, and the nursery waits for something else"),
        freed(["boot-race"], "the wait was for a handshake, not for a message"),
        freed(["reap"], "the end of the thread was enough: it was the child that was waited for"),
        sigintIgnored("main's loop does not turn, so a silent channel is not what holds it"),
      ],
    },
  ],
};
