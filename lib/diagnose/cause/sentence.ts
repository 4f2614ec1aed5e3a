/**
 * The confirmed cause in one sentence: what the nursery was waiting for, link by link, and what ended it.
 *
 * Invariant: made of facts alone, the chain from the dump and the effects of what was tried. Where a fact is missing
 * its part of the sentence is missing.
 *
 * @module
 */

import type { Action } from "../../model/action.ts";
import type { ChainStep, Trial } from "../../model/diagnosis.ts";
import type { PathStep } from "../../model/path.ts";
import type { StackFrame } from "../../model/dump.ts";
import { time } from "../../protocol/duration.ts";
import { doing, keyOf } from "./actions.ts";
import { UNLABELLED } from "./chain.ts";
import { effectOf, type Smallest } from "./tried.ts";

/** What the sentence is made of. */
export interface SentenceParts {
  readonly chain: readonly ChainStep[];
  /** The steps of a proven cycle, null when there is none. */
  readonly cycle: readonly PathStep[] | null;
  /** Where the thread at the end of the chain stands still; null when it does not, or cannot be seen. */
  readonly standing: StackFrame | null;
  /** Where main was in every look, so that its loop did not turn; null when it turned, or cannot be seen. */
  readonly mainIn: StackFrame | null;
  /** What kept the process, where the nursery had joined. */
  readonly leftovers: readonly string[];
  readonly leak: boolean;
  readonly smallest: Smallest;
  /** Whether the end of a thread was tried: without it the process cannot be said to stay. */
  readonly reapTried: boolean;
}

/** The sentence, with its full stop; null when there is nothing to begin it with. */
export function causeSentence(parts: SentenceParts): string | null {
  const what = parts.leak ? leakPart(parts) : waitPart(parts);
  return what === null ? null : `${what}${starvedPart(parts)}; ${endPart(parts)}.`;
}

function leakPart({ leftovers, standing }: SentenceParts): string | null {
  const [first, ...rest] = leftovers;
  if (first === undefined) return null;
  const more = rest.length === 0 ? "" : ` and ${rest.length} more`;
  return `the nursery had joined, and the process was kept by ${first}${more}${at(standing)}`;
}

function waitPart({ chain, cycle, standing }: SentenceParts): string | null {
  if (chain.length === 0) return null;
  const joins = chain.findIndex(({ kind }) => kind !== "join");
  const nursery = chain[(joins === -1 ? chain.length : joins) - 1];
  const links = joins === -1 ? [] : chain.slice(joins);
  const [first] = links;
  const who = nursery === undefined ? "the program" : `the ${nursery.resource}`;
  if (first === undefined) return `${who} was waiting for its tasks`;
  if (cycle !== null) return `${who} was waiting for ${cycleText(cycle)}`;
  const texts = links.map((step, index) => linkText(step, links[index + 1]))
    .filter((text) => text !== "");
  return `${who} was waiting for ${taskName(first)}, which ${texts.join(", which ")}${
    at(standing)
  }`;
}

/** That main was busy, where the chain does not end with that anyway. */
function starvedPart({ chain, mainIn }: SentenceParts): string {
  const kind = chain.at(-1)?.kind;
  if (mainIn === null || kind === "none" || kind === "shared-lock") return "";
  return `, while main never turned its loop${at(mainIn).replace(" and stood in", ", busy in")}`;
}

/** A wait, and whom it leads to. */
function linkText(step: ChainStep, next: ChainStep | undefined): string {
  const { kind, resource, peer } = step;
  // What runs and blocks is told by what it blocks on.
  if (kind === "none") {
    if (next !== undefined) return "";
    return resource === UNLABELLED ? `was awaiting ${resource}` : "ran and never gave way";
  }
  if (kind === "shared-lock") return `was blocked on the ${resource}, whose holder ${gone(step)}`;
  if (kind === "thread" || kind === "handshake") {
    return `was waiting for the ${resource}${
      peerText(step).replace(/, whose peer \S+/, ", which")
    }`;
  }
  if (next !== undefined) return `was waiting for ${taskName(next)}`;
  const on = kind === "recv" || kind === "send" ? `was waiting on ${resource}` : waitText(step);
  return peer === null ? on : `${on}${peerText(step)}`;
}

function waitText({ kind, resource }: ChainStep): string {
  if (kind === "rpc") return `was waiting for the ${resource}`;
  return `was waiting for ${kind === "event" ? "" : `${kind} `}${resource}`;
}

function peerText(step: ChainStep): string {
  if (step.peer === null || step.peerState === null || step.peerState === "alive") return "";
  return `, whose peer ${gone(step)}`;
}

function gone({ peer, peerState }: ChainStep): string {
  if (peerState === "abandoned") return `${peer} had been abandoned`;
  return peerState === "dead" ? `${peer} was dead` : `${peer} was alive`;
}

function taskName({ task, actor }: ChainStep): string {
  const name = task?.replace(/^#\d+ /, "") ?? "main";
  if (name.startsWith("loop of ")) return `the ${name.replace("loop", "message loop")}`;
  return actor === "root" ? `task "${name}"` : `task "${name}" of ${actor}`;
}

function cycleText(steps: readonly PathStep[]): string {
  const names = steps.map(({ actor, task }) => taskName({ ...EMPTY, actor, task }));
  const waits = steps.map(({ resource }, index) => {
    const next = names[(index + 1) % names.length];
    return `was waiting for the ${resource.replace(/ held by .*/, "")}, which was up to ${next}`;
  });
  if (waits.length <= MOST_STEPS) return `${names[0]}, which ${waits.join(", which ")} again`;
  const first = waits.slice(0, MOST_STEPS).join(", which ");
  return `${names[0]}, which ${first}, and so on through a cycle of ${waits.length}`;
}

/** So many steps of a cycle are told one by one. */
const MOST_STEPS = 6;

const EMPTY = {
  task: null,
  kind: "",
  resource: "",
  peer: null,
  peerState: null,
  shielded: false,
} as const;

function at(frame: StackFrame | null): string {
  if (frame === null) return "";
  const file = frame.file.slice(frame.file.lastIndexOf("/") + 1);
  return ` and stood in ${frame.fn === "" ? "" : `${frame.fn} `}(${file}:${frame.line})`;
}

/** What ended it, how fast, and that nothing weaker did. */
function endPart({ smallest, leak, chain, reapTried }: SentenceParts): string {
  const { nursery, process, weaker } = smallest;
  const best = nursery ?? process;
  if (best === null) return "nothing that was tried let it finish";
  const [action] = best.actions;
  const subject = action === undefined ? best.name : cancelled(action, chain) ?? doing(action);
  const nothingWeaker = weaker.length === 0 ? "" : "; nothing weaker did";
  if (nursery === null) return `${processPart(best, leak)}${nothingWeaker}`;
  const ms = best.outcome.kind === "applied" ? best.outcome.clocks.nurseryJoinedMs : null;
  const let_ = `${subject} let it finish${ms === null ? "" : ` in ${time(ms)}`}`;
  return `${let_}${nothingWeaker}${afterPart(smallest, reapTried)}`;
}

/** A task that is not the last of the chain took with it all that it had started: that is told by its name. */
function cancelled(action: Action, chain: readonly ChainStep[]): string | null {
  if (action.kind !== "cancel-task") return null;
  const step = chain.find(({ actor, task }) =>
    actor === action.actor && task?.startsWith(`#${action.task} `)
  );
  return step === undefined || step === chain.at(-1) ? null : `cancelling ${taskName(step)}`;
}

function processPart(best: Trial, leak: boolean): string {
  const ms = best.outcome.kind === "applied" ? best.outcome.clocks.processExitedMs : null;
  const [action] = best.actions;
  const subject = action === undefined ? best.name : doing(action);
  const did = leak || effectOf(best, leak) === "freed"
    ? "let the process exit"
    : "ended the process";
  return `${subject} ${did}${ms === null ? "" : ` in ${time(ms)}`}`;
}

/** What the process needed beyond what the nursery needed. */
function afterPart({ nursery, process }: Smallest, reapTried: boolean): string {
  if (process === nursery) return "";
  if (process === null) {
    return reapTried ? "; the process stayed, whatever was tried" : "; the process stayed";
  }
  const beyond = process.actions.filter((action) =>
    !nursery?.actions.some((each) => keyOf(each) === keyOf(action))
  );
  const ms = process.outcome.kind === "applied" ? process.outcome.clocks.processExitedMs : null;
  const names = beyond.map((action) => action.kind === "remedy" ? action.remedy : doing(action));
  return `; the process went only with ${names.join(" and ")}${
    nursery !== null && process.actions.length > 1 ? " too" : ""
  }${ms === null ? "" : `, in ${time(ms)}`}`;
}
