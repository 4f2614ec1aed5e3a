/**
 * The questions that the rows of the table of confirmations ask, each an answer with its sentence.
 *
 * Invariant: what was not tried answers null, neither yes nor no.
 *
 * @module
 */

import { REMEDIES } from "../../protocol/remedies.ts";
import { listed } from "../../report/text/words.ts";
import type { Trial } from "../../model/diagnosis.ts";
import type { Tried } from "./tried.ts";

/** What tells a waiting task of an end that has come; cancels and ends nothing. */
export const TELLING = ["channel-abort", "death-watch"];
/** What frees a task that listens to a peer. */
export const LETTING_GO = [...TELLING, "cancel-peer-tasks"];
/** What a person's cancel comes down to. */
export const CANCELS = ["sigint", "cancel-task", "cancel-root"];
/** What works only on an actor that is dead, given up, or stuck. */
export const FOR_THE_GONE = REMEDIES.map(({ name }) => name).filter((name) => name !== "sentinel");

/** For a class that has one confirmation. */
export function always(): boolean {
  return true;
}

/** What a confirmation rests on. */
export interface Findings {
  /** The class that the evidence named. */
  readonly class: string;
  /** Whether the nursery had joined, and only the process stayed. */
  readonly leak: boolean;
  /** Whether what does not end sits in a native call, which nothing reaches. */
  readonly native: boolean;
  /** Whether only main is left of a process whose nursery had joined: a handle keeps it, and no thread. */
  readonly handle: boolean;
  /** Whether main drowns in the calls of actors that were given up. */
  readonly flooded: boolean;
  /** Whether a shield keeps cancels away though no actor is dead or given up. */
  readonly living: boolean;
  /** Whether main blocks on a lock that another isolate holds. */
  readonly hostage: boolean;
  /** Whether isolates block each other on shared locks. */
  readonly blocking: boolean;
  /** Whether the runtime acted on SIGINT; null when it was not tried. */
  readonly sigintActed: boolean | null;
  readonly trials: readonly Trial[];
}

/** An answer: whether it holds (null when it was not tried), and what that means. */
export interface Said {
  readonly holds: boolean | null;
  readonly says: string;
}

/** A question to what was tried. */
export type Question = (tried: Tried, findings: Findings) => Said;

/** One of them let the nursery join. */
export function frees(keys: readonly string[], because: string): Question {
  return (tried) => anyOf(keys, tried, ["joined", "freed"], "freed the nursery", because);
}

/** The same as an objection: only those that did are named. */
export function freed(keys: readonly string[], because: string): Question {
  return frees(keys, because);
}

/** One of them let the nursery join, or ended the process. */
export function ends(keys: readonly string[], because: string): Question {
  return (tried) => anyOf(keys, tried, ["joined", "freed", "ended"], "ended it", because);
}

/** One of them let the process go. */
export function goes(keys: readonly string[], because: string): Question {
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
export function letsNothingGo(keys: readonly string[], because: string): Question {
  return (tried) => {
    const effects = keys.map((key) => tried.effect(key)).filter((effect) => effect !== null);
    return {
      holds: effects.length === 0 ? null : !effects.includes("freed"),
      says: `nothing that is done to actors let the process go: ${because}`,
    };
  };
}

/** None of them let the nursery join; null as long as none was tried. */
export function notFreed(keys: readonly string[], because: string): Question {
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
export function inVain(keys: readonly string[], because: string): Question {
  return (tried) => {
    const applied = keys.filter((key) =>
      tried.effect(key) !== null && tried.effect(key) !== "no-hold"
    );
    const holds = applied.length > 0 && applied.every((key) => tried.effect(key) === "in-vain");
    const told = applied.length > 0 ? names(applied) : names(keys, "or");
    return { holds, says: `${told} did not free the nursery: ${because}` };
  };
}

/** As an objection: the runtime did not act on SIGINT. */
export function sigintIgnored(because: string): Question {
  return (_, { sigintActed }) => ({
    holds: sigintActed === null ? null : !sigintActed,
    says: `Ctrl-C was not acted on: ${because}`,
  });
}

/** The runtime did not act on SIGINT, as it must be for a main whose loop does not turn. */
export function sigintUnheard(_: Tried, { sigintActed }: Findings): Said {
  return {
    holds: sigintActed === null ? null : !sigintActed,
    says: "Ctrl-C was not acted on: main's loop did not turn",
  };
}

/** With reap, alone or in a pair, no thread was left. */
export function reaped(because: string): Question {
  return (tried) => threads(tried, "with", because);
}

/** Whether threads were gone after something with reap, or without it. */
export function threadGone(which: "with" | "without", because: string): Question {
  return (tried) => threads(tried, which, because);
}

function threads(tried: Tried, which: "with" | "without", because: string): Said {
  const ending = tried.endingThreads("reap", which);
  const said = which === "with" ? "reap ended the thread" : "the thread went without reap";
  const by = ending.length === 0 ? "" : ` (${listed(ending.map(({ name }) => name))})`;
  return { holds: ending.length > 0, says: `${said}${by}: ${because}` };
}

/** No thread went, whatever was tried; null when reap was not. */
export function threadStays(because: string): Question {
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
  const text = listed(keys.map((key) => SHOWN[key] ?? key));
  const last = text.lastIndexOf(" and ");
  return last < 0 ? text : `${text.slice(0, last)} ${word} ${text.slice(last + " and ".length)}`;
}
