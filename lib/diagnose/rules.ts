/**
 * The table of rules: one row for each way in which a run can go wrong that we can tell from every other.
 *
 * Invariant: rows of different classes exclude each other through `requires` and `ruledOutBy`, not through their order
 * in the table; a run that fits two classes is not classified. Rows of one class are variants, and the first that
 * fits is taken.
 *
 * @module
 */

import type { Owner } from "../model/result.ts";
import { BOOT_WAIT, STILLBORN } from "./boot_clues.ts";
import { CANCEL_STOPPED, PASSED_ON, STALLED_WAIT } from "./cascade_clues.ts";
import {
  HELD_BY_CHILD,
  LADDER_IN_VAIN,
  ORPHANED_SENDER,
  ORPHANED_WAIT,
  ORPHANING_CHILD,
  SILENT_CHANNEL,
} from "./channel_clues.ts";
import type { Clue } from "./clue.ts";
import { PROVEN_CYCLE } from "./cycle_clues.ts";
import { CHILD_AT_EOF, HELD_AT_EOF, MAIN_AT_EOF } from "./eof_clues.ts";
import { FLOODED, FLOODED_LATE } from "./flood_clues.ts";
import {
  FOREIGN_WORKER,
  FORGOTTEN_ACTOR,
  HELD_BY_DEBUGGER,
  JOINED_LATE,
  ONLY_MAIN,
  SURVIVES_TERMINATE,
} from "./leak_clues.ts";
import {
  ANY_LOCK,
  CERTIFICATE,
  HOSTAGE_LOCK,
  LIVING_LOCK,
  LOOP_STOPPED,
  LOOP_TURNS,
  MAIN_BLOCKS,
  MAIN_NATIVE,
  MAIN_SPINS,
  MAIN_STANDS_STILL,
  MICROTASKS_RUN,
  SIGINT_ACTED,
  SIGINT_IGNORED,
  SIGINT_IN_VAIN,
  SIGINT_UNWEDGED,
} from "./loop_clues.ts";
import { NATIVE_LEFTOVER, NATIVE_PEERS } from "./native_clues.ts";
import { CANCEL_HELD, TRAPPED_WAIT } from "./shield_clues.ts";
import { HELD_BY_SWALLOWER, SWALLOWED, SWALLOWER_NOW } from "./swallow_clues.ts";
import { MISSED_WAKEUP, SENDERS_GONE } from "./wakeup_clues.ts";

/** One row. */
export interface Rule {
  readonly class: string;
  /** Tells the variants of a class apart, for people. */
  readonly variant: string;
  readonly verdict: "hung" | "leaked";
  readonly owner: Owner | null;
  /** Each must be shown. */
  readonly requires: readonly Clue[];
  /** None may be shown. */
  readonly ruledOutBy: readonly Clue[];
  /** Told when shown; they decide nothing. */
  readonly supports: readonly Clue[];
}

const NOT_STARVED = [SIGINT_IGNORED, LOOP_STOPPED];
/** Nobody in the middle dropped the cancel, no shield holds, and SIGINT was not in vain. */
const NOT_ORPHANED = [
  ...NOT_STARVED,
  SIGINT_IN_VAIN,
  JOINED_LATE,
  TRAPPED_WAIT,
  CANCEL_STOPPED,
  NATIVE_PEERS,
  HELD_BY_SWALLOWER,
  HELD_AT_EOF,
  FLOODED_LATE,
];
const NOT_TURNING = [SIGINT_ACTED, JOINED_LATE];

/** The table. */
export const RULES: readonly Rule[] = [
  {
    class: "orphaned-channel",
    variant: "nobody told the sender",
    verdict: "hung",
    owner: "supervisor",
    requires: [ORPHANED_SENDER, SILENT_CHANNEL, LOOP_TURNS],
    ruledOutBy: NOT_ORPHANED,
    supports: [ORPHANED_WAIT, ORPHANING_CHILD, SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "orphaned-channel",
    variant: "nobody told the receiver",
    verdict: "hung",
    owner: "supervisor",
    requires: [ORPHANED_WAIT, SILENT_CHANNEL, LOOP_TURNS],
    ruledOutBy: NOT_ORPHANED,
    supports: [ORPHANING_CHILD, SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "wait-cycle",
    variant: "proven",
    verdict: "hung",
    owner: "program",
    requires: [PROVEN_CYCLE, LOOP_TURNS],
    ruledOutBy: [
      ...NOT_STARVED,
      ORPHANED_WAIT,
      BOOT_WAIT,
      TRAPPED_WAIT,
      CANCEL_STOPPED,
      JOINED_LATE,
    ],
    supports: [SIGINT_UNWEDGED],
  },
  {
    class: "boot-death",
    variant: "died before its handshake",
    verdict: "hung",
    owner: "supervisor",
    requires: [BOOT_WAIT, LOOP_TURNS],
    ruledOutBy: [...NOT_STARVED, SIGINT_IN_VAIN, JOINED_LATE],
    supports: [STILLBORN, SIGINT_UNWEDGED],
  },
  {
    class: "shield-trapped",
    variant: "a shield holds against SIGINT",
    verdict: "hung",
    owner: "supervisor",
    requires: [TRAPPED_WAIT, SIGINT_IN_VAIN, LOOP_TURNS],
    ruledOutBy: [...NOT_STARVED, JOINED_LATE],
    supports: [CANCEL_HELD, ORPHANING_CHILD, LADDER_IN_VAIN],
  },
  {
    class: "cascade-stalled",
    variant: "an actor in the middle dropped the cancel",
    verdict: "hung",
    owner: "supervisor",
    requires: [CANCEL_STOPPED, STALLED_WAIT, LOOP_TURNS],
    ruledOutBy: [...NOT_STARVED, SIGINT_IN_VAIN, JOINED_LATE],
    supports: [PASSED_ON, SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "loop-starved",
    variant: "hostage of a dead lock holder",
    verdict: "hung",
    owner: "platform",
    requires: [LOOP_STOPPED, MAIN_STANDS_STILL, HOSTAGE_LOCK],
    ruledOutBy: NOT_TURNING,
    supports: [CERTIFICATE, LADDER_IN_VAIN],
  },
  {
    class: "loop-starved",
    variant: "waits for a living lock holder",
    verdict: "hung",
    owner: "program",
    requires: [LOOP_STOPPED, MAIN_STANDS_STILL, LIVING_LOCK],
    ruledOutBy: NOT_TURNING,
    supports: [CERTIFICATE],
  },
  {
    class: "loop-starved",
    variant: "waits for a lock whose holder is not known",
    verdict: "hung",
    owner: null,
    requires: [LOOP_STOPPED, MAIN_STANDS_STILL, ANY_LOCK],
    ruledOutBy: NOT_TURNING,
    supports: [CERTIFICATE],
  },
  {
    class: "loop-starved",
    variant: "flooded by actors that were given up",
    verdict: "hung",
    owner: "supervisor",
    requires: [LOOP_STOPPED, FLOODED],
    ruledOutBy: [...NOT_TURNING, ANY_LOCK],
    supports: [MAIN_SPINS, CERTIFICATE, LADDER_IN_VAIN],
  },
  {
    class: "loop-starved",
    variant: "flooded by actors that were given up, and heeds SIGINT late",
    verdict: "hung",
    owner: "supervisor",
    requires: [FLOODED_LATE],
    ruledOutBy: [JOINED_LATE, TRAPPED_WAIT, ANY_LOCK],
    supports: [MAIN_SPINS, SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "loop-starved",
    variant: "microtasks keep main from turning",
    verdict: "hung",
    owner: "program",
    requires: [LOOP_STOPPED, MICROTASKS_RUN],
    ruledOutBy: NOT_TURNING,
    supports: [MAIN_SPINS, CERTIFICATE],
  },
  {
    class: "loop-starved",
    variant: "main spins",
    verdict: "hung",
    owner: "program",
    requires: [LOOP_STOPPED, MAIN_STANDS_STILL, MAIN_SPINS],
    ruledOutBy: NOT_TURNING,
    supports: [MAIN_AT_EOF, CERTIFICATE],
  },
  {
    class: "loop-starved",
    variant: "main blocks in JavaScript",
    verdict: "hung",
    owner: "program",
    requires: [LOOP_STOPPED, MAIN_STANDS_STILL],
    ruledOutBy: NOT_TURNING,
    supports: [MAIN_BLOCKS, CERTIFICATE],
  },
  {
    class: "loop-starved",
    variant: "main is in a native call",
    verdict: "hung",
    owner: "program",
    requires: [LOOP_STOPPED, MAIN_NATIVE],
    ruledOutBy: NOT_TURNING,
    supports: [CERTIFICATE],
  },
  {
    class: "stuck-child",
    variant: "teardown waits for a child that stands still",
    verdict: "hung",
    owner: "program",
    requires: [HELD_BY_CHILD, LOOP_TURNS],
    ruledOutBy: [
      ...NOT_STARVED,
      ORPHANED_WAIT,
      BOOT_WAIT,
      TRAPPED_WAIT,
      CANCEL_STOPPED,
      JOINED_LATE,
      HELD_BY_SWALLOWER,
      HELD_AT_EOF,
    ],
    supports: [SIGINT_UNWEDGED, SIGINT_IN_VAIN, LADDER_IN_VAIN],
  },
  {
    class: "cancel-swallowed",
    variant: "a catch takes the cancel, and the task goes on",
    verdict: "hung",
    owner: "program",
    requires: [SWALLOWED, HELD_BY_SWALLOWER, LOOP_TURNS],
    ruledOutBy: [...NOT_STARVED, SIGINT_IN_VAIN, JOINED_LATE, TRAPPED_WAIT, CANCEL_STOPPED],
    supports: [SWALLOWER_NOW, SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "eof-spin",
    variant: "a child reads at the end of something, again and again",
    verdict: "hung",
    owner: "program",
    requires: [CHILD_AT_EOF, HELD_AT_EOF, LOOP_TURNS],
    ruledOutBy: [
      ...NOT_STARVED,
      SIGINT_IN_VAIN,
      JOINED_LATE,
      TRAPPED_WAIT,
      CANCEL_STOPPED,
      HELD_BY_SWALLOWER,
    ],
    supports: [SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "lost-wakeup",
    variant: "sent before it was waited for",
    verdict: "hung",
    owner: "program",
    requires: [MISSED_WAKEUP, LOOP_TURNS],
    ruledOutBy: [
      ...NOT_STARVED,
      SIGINT_IN_VAIN,
      JOINED_LATE,
      ORPHANED_WAIT,
      HELD_BY_CHILD,
      BOOT_WAIT,
      TRAPPED_WAIT,
      CANCEL_STOPPED,
      HELD_BY_SWALLOWER,
    ],
    supports: [SENDERS_GONE, SIGINT_UNWEDGED],
  },
  {
    class: "stuck-child",
    variant: "a child in a native call was given up, and nobody can end it",
    verdict: "hung",
    owner: "program",
    requires: [ORPHANED_WAIT, NATIVE_PEERS, LOOP_TURNS],
    ruledOutBy: [...NOT_STARVED, SIGINT_IN_VAIN, JOINED_LATE, TRAPPED_WAIT, CANCEL_STOPPED],
    supports: [SIGINT_UNWEDGED, LADDER_IN_VAIN],
  },
  {
    class: "late",
    variant: "joined after the deadline",
    verdict: "hung",
    owner: null,
    requires: [JOINED_LATE],
    ruledOutBy: [],
    supports: [LOOP_TURNS],
  },
  {
    class: "stuck-child",
    variant: "a native call keeps the process",
    verdict: "leaked",
    owner: "program",
    requires: [NATIVE_LEFTOVER],
    ruledOutBy: [],
    supports: [LADDER_IN_VAIN],
  },
  {
    class: "exit-leak",
    variant: "terminate() did not terminate",
    verdict: "leaked",
    owner: "platform",
    requires: [SURVIVES_TERMINATE],
    ruledOutBy: [NATIVE_LEFTOVER],
    supports: [LADDER_IN_VAIN],
  },
  {
    class: "exit-leak",
    variant: "an actor was forgotten",
    verdict: "leaked",
    owner: "supervisor",
    requires: [FORGOTTEN_ACTOR],
    ruledOutBy: [NATIVE_LEFTOVER],
    supports: [],
  },
  {
    class: "exit-leak",
    variant: "a worker of the program's own",
    verdict: "leaked",
    owner: "program",
    requires: [FOREIGN_WORKER],
    ruledOutBy: [NATIVE_LEFTOVER],
    supports: [],
  },
  {
    class: "exit-leak",
    variant: "a client of the inspector stays connected",
    verdict: "leaked",
    // The runtime's own (remedy reap) or a person's: what connected cannot be told from outside.
    owner: null,
    requires: [HELD_BY_DEBUGGER],
    ruledOutBy: [],
    supports: [],
  },
  {
    class: "exit-leak",
    variant: "a handle in main",
    verdict: "leaked",
    owner: "program",
    requires: [ONLY_MAIN],
    ruledOutBy: [],
    supports: [],
  },
];
