/**
 * The class shield-trapped: a task under a shield waits for what does not come, and no cancel can reach it.
 * @module
 */

import {
  HELD_BY_CHILD,
  LADDER_IN_VAIN,
  LADDER_UNDER_WAY,
  ORPHANED_WAIT,
  ORPHANING_CHILD,
} from "../clues/channel.ts";
import { JOINED_LATE } from "../clues/leak.ts";
import { LOOP_TURNS, SIGINT_IN_VAIN, STARVED } from "../clues/loop.ts";
import { CANCEL_HELD, SHIELDED_WAIT, TRAPPED_WAIT } from "../clues/shield.ts";
import { BOOT_WAIT } from "../clues/boot.ts";
import { CANCEL_STOPPED } from "../clues/cascade.ts";
import { CYCLE } from "../clues/cycle.ts";
import { HELD_AT_EOF } from "../clues/eof.ts";
import { STILL_MOVES } from "../clues/outside.ts";
import { HELD_BY_SWALLOWER } from "../clues/swallow.ts";
import { MAYBE_AT_EOF, MAYBE_NATIVE } from "../clues/unseen.ts";
import { FOR_THE_GONE, freed, frees, LETTING_GO, notFreed } from "../cause/questions.ts";
import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const SHIELD_TRAPPED: HangClass = {
  name: "shield-trapped",
  summary: "a task under a shield waits for what does not come, and no cancel can reach it",
  looksLike:
    "Teardown never returns. main's loop turns and Ctrl-C is acted on, and nothing comes of it, " +
    "however often it is pressed. A task is parked under a shield, in a join or in a cleanup that " +
    "asks a peer for something, and the peer is dead; or it lives, and what is waited for does not " +
    "come.",
  why:
    "A shield keeps cancels away so that a cleanup can finish. It may then only wait for what is sure " +
    "to come: an answer of a peer that is being ended is not, and a join of something that nobody " +
    "ends is not either. The peer dies, nobody breaks the wait, and the shield does what it is for.",
  fixes: [
    "bound the shielded wait (moveOnAfter with shield): a cleanup gets time, not eternity",
    "bound the shielded join of the children (remedy bounded-join)",
    "break the supervisor's end of the channel when a child is ended or given up, so that calls " +
    "under a shield fail (remedy channel-abort)",
    "in a cleanup tell the peer, do not ask it: what needs no answer cannot hang",
  ],
  scenarios: ["shielded-join", "shielded-cleanup"],
  rules: [
    {
      variant: "a shield holds against SIGINT",
      verdict: "hung",
      owner: "supervisor",
      requires: [TRAPPED_WAIT, SIGINT_IN_VAIN, LOOP_TURNS],
      ruledOutBy: [...STARVED, JOINED_LATE, LADDER_UNDER_WAY],
      supports: [CANCEL_HELD, ORPHANING_CHILD, LADDER_IN_VAIN],
    },
    {
      variant: "a shield holds against SIGINT, and no actor is dead",
      verdict: "hung",
      owner: "program",
      requires: [SHIELDED_WAIT, SIGINT_IN_VAIN, LOOP_TURNS],
      ruledOutBy: [
        ...STARVED,
        JOINED_LATE,
        ORPHANED_WAIT,
        TRAPPED_WAIT,
        BOOT_WAIT,
        CANCEL_STOPPED,
        HELD_BY_CHILD,
        HELD_BY_SWALLOWER,
        HELD_AT_EOF,
        CYCLE,
        STILL_MOVES,
        LADDER_UNDER_WAY,
        MAYBE_NATIVE,
        MAYBE_AT_EOF,
      ],
      supports: [CANCEL_HELD],
    },
  ],
  confirmations: [
    {
      variant: "its actor is dead, or was given up",
      when: ({ living }) => !living,
      confirms: [
        frees(["bounded-join", ...LETTING_GO], "what the shield protected could be ended"),
        notFreed(["sigint"], "the shield held the cancel of Ctrl-C off"),
      ],
      refutes: [freed(["sigint"], "no shield held the cancel off")],
    },
    {
      variant: "no actor is dead",
      when: ({ living }) => living,
      confirms: [notFreed(["sigint"], "the shield held the cancel of Ctrl-C off")],
      refutes: [
        freed(["sigint"], "no shield held the cancel off"),
        freed(FOR_THE_GONE, "it was an actor that was waited for"),
      ],
    },
  ],
};
