/**
 * The table behind `confirmation.ts`: one row for each class, or variant of one, that a remedy can confirm.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import {
  ends,
  type Findings,
  freed,
  frees,
  goes,
  inVain,
  letsNothingGo,
  notFreed,
  type Question,
  reaped,
  sigintIgnored,
  sigintUnheard,
  threadGone,
  threadStays,
} from "./questions.ts";

/** One row. */
export interface ConfirmationRow {
  readonly class: string;
  /** Which variant of the class, in words; absent where there is only one row. */
  readonly variant?: string;
  /** Tells the variants of a class apart. */
  readonly when: (findings: Findings) => boolean;
  /** Each must hold. */
  readonly confirms: readonly Question[];
  /** None may hold. */
  readonly refutes: readonly Question[];
}

/** What tells somebody of an end that has come; cancels nobody, ends nobody. */
const TELLING = ["channel-abort", "death-watch"];
/** What frees who listens to a peer. */
const LETTING_GO = [...TELLING, "cancel-peer-tasks"];
/** What a person's cancel comes down to. */
const CANCELS = ["sigint", "cancel-task", "cancel-root"];
/** What works only on an actor that is dead, given up, or stuck. */
const FOR_THE_GONE = REMEDIES.map(({ name }) => name).filter((name) => name !== "sentinel");

/** The rows. */
export const CONFIRMATIONS: readonly ConfirmationRow[] = [
  {
    class: "orphaned-channel",
    when: always,
    confirms: [frees(LETTING_GO, "who waited on the channel had only to be told")],
    refutes: [
      inVain(["channel-abort"], "the channel was told, and the nursery waits for something else"),
      freed(["boot-race"], "the wait was for a handshake, not for a message"),
      freed(["reap"], "the end of the thread was enough: it was the child that was waited for"),
      sigintIgnored("main's loop does not turn, so a silent channel is not what holds it"),
    ],
  },
  {
    class: "boot-death",
    when: always,
    confirms: [
      frees(["boot-race", "death-watch"], "the wait was for a child that died in its boot"),
    ],
    refutes: [
      inVain(["boot-race"], "the handshake was ended, and the nursery waits for something else"),
      freed(["reap"], "a child that could be ended had not died in its boot"),
    ],
  },
  {
    class: "shield-trapped",
    when: always,
    confirms: [
      frees(["bounded-join", ...LETTING_GO], "what the shield protected could be ended"),
      notFreed(["sigint"], "the shield held the cancel of Ctrl-C off"),
    ],
    refutes: [freed(["sigint"], "no shield held the cancel off")],
  },
  {
    class: "wait-cycle",
    when: always,
    confirms: [
      frees(CANCELS, "one of those that wait for each other had to give way"),
      notFreed(FOR_THE_GONE, "nobody was dead or stuck"),
    ],
    refutes: [freed(FOR_THE_GONE, "somebody was dead or stuck, so it was no cycle of the living")],
  },
  {
    class: "cascade-stalled",
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
  {
    class: "loop-starved",
    variant: "a flood",
    when: ({ flooded }) => flooded,
    confirms: [frees([...LETTING_GO, "bounded-join"], "nobody listens to the flood any more")],
    refutes: [
      freed(["boot-race"], "the wait was for a handshake"),
      inVain(
        ["channel-abort", "cancel-peer-tasks"],
        "the flood was cut off, and main does not turn",
      ),
      freed(["reap"], "what was there already was little, and a child was waited for"),
    ],
  },
  {
    class: "loop-starved",
    variant: "the hostage of a lock",
    when: ({ hostage, flooded }) => hostage && !flooded,
    confirms: [
      ends(
        ["reap", "sentinel"],
        "main went on once the lock's holder was ended, or the lock freed",
      ),
      sigintUnheard,
    ],
    refutes: [freed(["sigint", ...LETTING_GO, "bounded-join"], "main's loop turned")],
  },
  {
    class: "loop-starved",
    variant: "anything else that keeps main",
    when: ({ hostage, flooded }) => !hostage && !flooded,
    confirms: [
      ends(["sentinel"], "only somebody outside of main's loop could end it"),
      sigintUnheard,
    ],
    refutes: [
      freed(["sigint", ...LETTING_GO, "bounded-join"], "main's loop turned"),
      freed(["reap"], "it was a child that held it"),
    ],
  },
  {
    class: "stuck-child",
    variant: "a native call",
    when: ({ native }) => native,
    confirms: [threadStays("no remedy ends a thread that is in a native call")],
    refutes: [threadGone("with", "a thread in a native call cannot be ended, and this one was")],
  },
  {
    class: "stuck-child",
    variant: "code of its own",
    when: ({ native }) => !native,
    confirms: [frees(["reap"], "the child's end was all that teardown waited for")],
    refutes: [
      freed(TELLING, "it was the channel that was waited for, not the child"),
      inVain(["reap"], "the child was ended, and the nursery waits for something else"),
    ],
  },
  {
    class: "cancel-swallowed",
    when: always,
    confirms: [reaped("the child went only when its thread was ended")],
    refutes: [threadGone("without", "the child went without being ended by force")],
  },
  {
    class: "eof-spin",
    when: always,
    confirms: [reaped("the child went only when its thread was ended")],
    refutes: [threadGone("without", "the child went without being ended by force")],
  },
  {
    class: "lost-wakeup",
    when: always,
    confirms: [
      frees(CANCELS, "the wait had to be given up"),
      notFreed(FOR_THE_GONE, "nobody was dead or stuck who could have been told, or ended"),
    ],
    refutes: [freed(FOR_THE_GONE, "it was a peer that was waited for, not a word that was lost")],
  },
  {
    class: "exit-leak",
    variant: "a handle in main",
    when: ({ handle }) => handle,
    confirms: [
      letsNothingGo(FOR_THE_GONE, "what keeps it is a handle of the program's, and nobody else's"),
    ],
    refutes: [goes(FOR_THE_GONE, "an actor was left, and not a handle alone")],
  },
  {
    class: "exit-leak",
    variant: "a thread",
    when: ({ handle }) => !handle,
    confirms: [goes(["reap"], "the thread that was left kept the process")],
    refutes: [(tried) => ({
      holds: tried.threadsGone("reap") === true && tried.effect("reap") === "in-vain",
      says:
        "reap ended the threads that were left, and the process stayed: something else keeps it",
    })],
  },
];

function always(): boolean {
  return true;
}
