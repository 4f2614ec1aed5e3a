/**
 * The table behind `confirmation.ts`: one row for each class, or variant of one, that a remedy can confirm.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import type { Findings } from "../confirmation.ts";
import type { Tried } from "./tried.ts";
import { list } from "../../report/words.ts";

/** An answer: whether it holds (null when it was not tried), and what that means. */
export interface Said {
  readonly holds: boolean | null;
  readonly says: string;
}

/** A question to what was tried. */
export type Question = (tried: Tried, findings: Findings) => Said;

/** One row. */
export interface ConfirmationRow {
  readonly class: string;
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
    when: ({ native }) => native,
    confirms: [threadStays("no remedy ends a thread that is in a native call")],
    refutes: [threadGone("with", "a thread in a native call cannot be ended, and this one was")],
  },
  {
    class: "stuck-child",
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
    when: ({ handle }) => handle,
    confirms: [
      letsNothingGo(FOR_THE_GONE, "what keeps it is a handle of the program's, and nobody else's"),
    ],
    refutes: [goes(FOR_THE_GONE, "an actor was left, and not a handle alone")],
  },
  {
    class: "exit-leak",
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

/** One of them let the nursery join. */
function frees(keys: readonly string[], because: string): Question {
  return (tried) => anyOf(keys, tried, ["joined", "freed"], "freed the nursery", because);
}

/** The same as an objection: only those that did are named. */
function freed(keys: readonly string[], because: string): Question {
  return frees(keys, because);
}

/** One of them let the nursery join, or ended the process. */
function ends(keys: readonly string[], because: string): Question {
  return (tried) => anyOf(keys, tried, ["joined", "freed", "ended"], "ended it", because);
}

/** One of them let the process go. */
function goes(keys: readonly string[], because: string): Question {
  return (tried) => anyOf(keys, tried, ["freed"], "let the process go", because);
}

function anyOf(
  keys: readonly string[],
  tried: Tried,
  wanted: readonly string[],
  did: string,
  because: string,
): Said {
  const effects = keys.map((key) => ({ key, effect: tried.effect(key) }));
  const those = effects.filter(({ effect }) => effect !== null && wanted.includes(effect));
  if (those.length > 0) {
    return { holds: true, says: `${names(those.map(({ key }) => key))} ${did}: ${because}` };
  }
  const unknown = effects.every(({ effect }) => effect === null);
  return { holds: unknown ? null : false, says: `${names(keys, "or")} ${did}: ${because}` };
}

/** None of them let the process go; null as long as none was tried. */
function letsNothingGo(keys: readonly string[], because: string): Question {
  return (tried) => {
    const effects = keys.map((key) => tried.effect(key)).filter((effect) => effect !== null);
    return {
      holds: effects.length === 0 ? null : !effects.includes("freed"),
      says: `nothing that is done to actors let the process go: ${because}`,
    };
  };
}

/** None of them let the nursery join; null as long as none was tried. */
function notFreed(keys: readonly string[], because: string): Question {
  return (tried) => {
    const effects = keys.map((key) => tried.effect(key));
    const known = effects.filter((effect) => effect !== null);
    const holds = known.length === 0
      ? null
      : known.every((effect) => effect === "in-vain" || effect === "no-hold");
    const none = keys.length > 1 ? `none of ${names(keys)} freed` : `${names(keys)} did not free`;
    return { holds, says: `${none} the nursery: ${because}` };
  };
}

/** All of those that were applied were applied in vain, and at least one was. */
function inVain(keys: readonly string[], because: string): Question {
  return (tried) => {
    const applied = keys.filter((key) =>
      tried.effect(key) !== null && tried.effect(key) !== "no-hold"
    );
    const holds = applied.length > 0 && applied.every((key) => tried.effect(key) === "in-vain");
    return { holds, says: `${names(applied)} did not free the nursery: ${because}` };
  };
}

function sigintIgnored(because: string): Question {
  return (_, { sigintActed }) => ({
    holds: sigintActed === null ? null : !sigintActed,
    says: `Ctrl-C was not acted on: ${because}`,
  });
}

function sigintUnheard(_: Tried, { sigintActed }: Findings): Said {
  return {
    holds: sigintActed === null ? null : !sigintActed,
    says: "Ctrl-C was not acted on: main's loop did not turn",
  };
}

function reaped(because: string): Question {
  return (tried) => threads(tried, "with", because);
}

function threadGone(which: "with" | "without", because: string): Question {
  return (tried) => threads(tried, which, because);
}

function threads(tried: Tried, which: "with" | "without", because: string): Said {
  const ending = tried.endingThreads("reap", which);
  const said = which === "with" ? "reap ended the thread" : "the thread went without reap";
  const by = ending.length === 0 ? "" : ` (${list(ending.map(({ name }) => name))})`;
  return { holds: ending.length > 0, says: `${said}${by}: ${because}` };
}

function threadStays(because: string): Question {
  return (tried) => ({
    holds: tried.effect("reap") === null ? null : tried.endingThreads("reap", "with").length +
        tried.endingThreads("reap", "without").length === 0,
    says: `the thread stayed, whatever was tried: ${because}`,
  });
}

const SHOWN: Readonly<Record<string, string>> = {
  "sigint": "Ctrl-C",
  "cancel-task": "the cancel of one task",
  "cancel-root": "the cancel of all",
};

function names(keys: readonly string[], word = "and"): string {
  const shown = keys.map((key) => SHOWN[key] ?? key);
  return list(shown).replace(/ and (?=[^ ]*$)/, ` ${word} `);
}
