/** The class stuck-child: teardown waits, as it should, for a child that stands still in code of its own. @module */

import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import {
  CAME_OUT,
  HELD_BY_CHILD,
  LADDER_IN_VAIN,
  LADDER_UNDER_WAY,
  ORPHANED_WAIT,
} from "../clues/channel.ts";
import { CHILD_IN_CYCLE } from "../clues/cycle.ts";
import { HELD_AT_EOF } from "../clues/eof.ts";
import { EXIT_UNSEEN, JOINED_LATE, WENT_LATE } from "../clues/leak.ts";
import {
  LOOP_TURNS,
  SIGINT_IN_VAIN,
  SIGINT_UNWEDGED,
  STARVED,
  WORKER_SPINS,
} from "../clues/loop.ts";
import { NATIVE_LEFTOVER, NATIVE_PEERS } from "../clues/native.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAYBE_AT_EOF } from "../clues/unseen.ts";
import { freed, frees, inVain, TELLING, threadGone, threadStays } from "../cause/questions.ts";
import { MEMORY_CYCLE, PROVEN_WAIT, WORKER_BLOCKS } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const STUCK_CHILD: HangClass = {
  name: "stuck-child",
  summary: "teardown waits, as it should, for a child that stands still in code of its own",
  looksLike:
    "Teardown never returns, main's loop turns. A task waits for an actor, or for the end of its " +
    "thread, and that actor's isolate stands in the same frame in every look. Or the actor sits in " +
    "a native call that no inspector reaches: then Ctrl-C frees the nursery, and the process stays. Of a " +
    "program that was not made for unwedge: main waits for a message, and its workers spin or block in " +
    "code of their own, as in Atomics.wait.",
  why:
    "The child blocks or spins and never reaches a checkpoint, so that no cancel can be delivered " +
    "to it. terminate() does not end a thread that is stuck in JavaScript, and nothing but the end " +
    "of the process ends one that is stuck in a native call.",
  fixes: [
    "give the child checkpoints, or a bound on what it waits for",
    "two workers that block on each other's lock: take locks everywhere in one order",
    "really end its thread after the bounds of the ladder (remedy reap)",
    "move native blocking calls into a process of their own: nothing in this one can interrupt them",
    "bound the wait for the end of threads, and call Deno.exit() when it runs out",
  ],
  scenarios: ["sync-sleep-grandchild", "native-child"],
  rules: [
    {
      variant: "teardown waits for a child that stands still",
      verdict: "hung",
      owner: "program",
      requires: [HELD_BY_CHILD, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        ORPHANED_WAIT,
        BOOT_WAIT,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        JOINED_LATE,
        HELD_BY_SWALLOWER,
        HELD_AT_EOF,
        CHILD_IN_CYCLE,
        CAME_OUT,
        LADDER_UNDER_WAY,
        MAYBE_AT_EOF,
      ],
      supports: [SIGINT_UNWEDGED, SIGINT_IN_VAIN, LADDER_IN_VAIN],
    },
    {
      variant: "a worker spins while main waits",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [WORKER_SPINS, LOOP_TURNS],
      ruledOutBy: [PROVEN_WAIT],
      supports: [],
    },
    {
      variant: "a child in a native call was given up, and nobody can end it",
      verdict: "hung",
      owner: "program",
      requires: [ORPHANED_WAIT, NATIVE_PEERS, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        SIGINT_IN_VAIN,
        JOINED_LATE,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        LADDER_UNDER_WAY,
      ],
      supports: [SIGINT_UNWEDGED, LADDER_IN_VAIN],
    },
    {
      variant: "a native call keeps the process",
      verdict: "leaked",
      owner: "program",
      requires: [NATIVE_LEFTOVER],
      ruledOutBy: [WENT_LATE, EXIT_UNSEEN],
      supports: [LADDER_IN_VAIN],
    },
    {
      variant: "workers block while main waits for their message",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [WORKER_BLOCKS, LOOP_TURNS],
      ruledOutBy: [MEMORY_CYCLE],
      supports: [],
    },
  ],
  confirmations: [
    {
      variant: "a native call",
      when: ({ native }) => native,
      confirms: [threadStays("no remedy ends a thread that is in a native call")],
      refutes: [threadGone("with", "a thread in a native call cannot be ended, and this one was")],
    },
    {
      variant: "code of its own",
      when: ({ native }) => !native,
      confirms: [frees(["reap"], "the child's end was all that teardown waited for")],
      refutes: [
        freed(TELLING, "it was the channel that was waited for, not the child"),
        inVain(["reap"], "the child was ended, and the nursery waits for something else"),
      ],
    },
  ],
};
