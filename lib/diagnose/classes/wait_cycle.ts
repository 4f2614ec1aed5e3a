/**
 * The class wait-cycle: tasks wait for each other in a cycle: an answer, a lock, a join, and back to the first. @module
 */

import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { ORPHANED_WAIT } from "../clues/channel.ts";
import { BLOCKING_CYCLE, CYCLE, CYCLE_MAY_END, UNPROVEN } from "../clues/cycle.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_UNWEDGED, STARVED } from "../clues/loop.ts";
import { TRAPPED_WAIT } from "../clues/shield.ts";
import {
  CANCELS,
  ends,
  FOR_THE_GONE,
  freed,
  frees,
  LETTING_GO,
  notFreed,
} from "../cause/questions.ts";
import { AWAIT_CYCLE, LOCK_CYCLE, MEMORY_CYCLE, TIMER_SET } from "../clues/foreign.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const WAIT_CYCLE: HangClass = {
  name: "wait-cycle",
  summary: "tasks wait for each other in a cycle: an answer, a lock, a join, and back to the first",
  looksLike:
    "Teardown never returns, nobody is dead, nothing burns CPU, main's loop turns, and Ctrl-C ends it " +
    "at once. Every task waits for something that another task of the program would bring about.",
  why:
    "A holds what B needs, and waits for B. Between actors it takes no lock to get there: A asks B and " +
    "waits, and to answer B asks A, whose handler waits for the asker. It often works in tests, where " +
    "the one is done before the other begins.",
  fixes: [
    "hold no lock while you wait for what may need it; take locks everywhere in one order",
    "send along what the other side will ask for, so that it need not ask back",
    "bound the wait (failAfter): a cycle then fails visibly instead of hanging",
  ],
  scenarios: ["rpc-cycle"],
  rules: [
    {
      variant: "isolates block each other on shared locks",
      verdict: "hung",
      owner: "program",
      requires: [BLOCKING_CYCLE],
      ruledOutBy: [JOINED_LATE, CYCLE_MAY_END],
      supports: [SIGINT_UNWEDGED, UNPROVEN],
    },
    {
      variant: "tasks wait for each other",
      verdict: "hung",
      owner: "program",
      requires: [CYCLE, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        ORPHANED_WAIT,
        BOOT_WAIT,
        TRAPPED_WAIT,
        CANCEL_STOPPED,
        JOINED_LATE,
        CYCLE_MAY_END,
      ],
      supports: [SIGINT_UNWEDGED, UNPROVEN],
    },
    {
      variant: "async functions await each other",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [AWAIT_CYCLE, LOOP_TURNS],
      ruledOutBy: [],
      supports: [],
    },
    {
      variant: "holders of Web Locks await each other's",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [LOCK_CYCLE, LOOP_TURNS],
      ruledOutBy: [TIMER_SET],
      supports: [],
    },
    {
      variant: "workers block each other on words of shared memory",
      unrecorded: true,
      verdict: "hung",
      owner: "program",
      requires: [MEMORY_CYCLE, LOOP_TURNS],
      ruledOutBy: [],
      supports: [],
    },
  ],
  confirmations: [
    {
      variant: "tasks",
      when: ({ blocking }) => !blocking,
      confirms: [
        frees(CANCELS, "one of those that wait for each other had to give way"),
        notFreed(FOR_THE_GONE, "nobody was dead or stuck"),
      ],
      refutes: [
        freed(FOR_THE_GONE, "somebody was dead or stuck, so it was no cycle of the living"),
      ],
    },
    {
      variant: "isolates",
      when: ({ blocking }) => blocking,
      confirms: [ends(["reap", "sentinel"], "one of those that block each other had to end")],
      refutes: [freed(LETTING_GO, "it was a channel that was waited for")],
    },
  ],
};
