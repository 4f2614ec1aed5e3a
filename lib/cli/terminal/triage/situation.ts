/**
 * The first screen of triage: why the run stands, who is stuck on what, what runs, and what it looks like so far, in
 * one sentence. It is made for the size of the terminal: together with the menu it fits on one screen, and what matters
 * most stands at the bottom, above the menu.
 *
 * @module
 */

import { classNamed } from "../../../diagnose/classes/registry.ts";
import type { DumpOutcome } from "../../../run/try_dump.ts";
import type { HungBecause } from "../../../run/hung_run.ts";
import type { Attempt, Owner } from "../../../model/result.ts";
import type { Proof, ProofStep } from "../../../model/proof.ts";
import { bound, time } from "../../../protocol/duration.ts";
import { busyLines, treeLines } from "./tree.ts";
import { missingLines } from "./words.ts";
import { heading, type Screen, sentences } from "./screen.ts";

/** What is shown. */
export interface Situation {
  readonly name: string;
  readonly because: HungBecause;
  readonly attempt: Attempt;
  readonly dump: DumpOutcome | null;
}

/** Lines for the tree in any case, on however small a terminal. */
const LEAST_TREE = 4;

/**
 * The lines.
 *
 * @param below how many lines the menu takes that will stand below
 */
export function situationLines(situation: Situation, below: number, page: Screen): string[] {
  const { name, because, attempt, dump } = situation;
  const top = heading(`${name}: ${WHY[because](attempt)}`, page);
  const bottom = classLines(attempt, because, page);
  if (dump?.kind !== "taken") {
    const why = dump === null ? "it was not looked into" : dump.why;
    return [top, ...sentences(`No dump: ${why}; d looks again.`, page, "", "yellow"), ...bottom];
  }
  const missing = missingLines(dump.dump, page);
  const busy = busyLines(dump.dump, page);
  const used = 1 + missing.length + busy.length + bottom.length + below;
  const tree = treeLines(dump.dump, Math.max(LEAST_TREE, page.rows - used), page);
  return [top, ...missing, ...tree, ...busy, ...bottom];
}

const WHY: Readonly<Record<HungBecause, (attempt: Attempt) => string>> = {
  "deadline-passed": ({ deadlineMs }) => `its deadline of ${bound(deadlineMs)} has passed`,
  proven: ({ proof }) =>
    proof?.kind === "proven"
      ? `proven after ${time(proof.provenMs)} to wait for ever`
      : "proven to wait for ever",
  interrupted: () => "Ctrl-C; its clock stands, the subject runs on",
};

const WHOSE: Readonly<Record<Owner, string>> = {
  supervisor: "the supervisor's",
  program: "the program's",
  platform: "the platform's",
};

const NOT_YET = "its deadline has not passed, and what you see may still move.";

/** What it looks like so far. */
function classLines(attempt: Attempt, because: HungBecause, page: Screen): string[] {
  const { class: name, owner, missing, proof } = attempt;
  const cycle = proof?.kind === "proven" ? sentences(cycleSentence(proof.proof), page) : [];
  if (name === null) {
    const why = because === "interrupted" ? `No class fits so far; ${NOT_YET}` : "No class yet.";
    return [...cycle, ...sentences(why, page)];
  }
  if (name === "unknown") {
    return [...cycle, ...sentences(`No class fits so far; missing: ${missing.join("; ")}.`, page)];
  }
  const whose = owner === null ? "" : ` (${WHOSE[owner]})`;
  const about = classNamed(name)?.summary ?? "";
  const early = because === "interrupted";
  const text = `${early ? "So far like " : ""}${name}${whose}: ${about}.`;
  const [first = "", ...more] = sentences(early ? `${text} But ${NOT_YET}` : text, page);
  return [...cycle, page.style.bold(first), ...more];
}

function cycleSentence(proof: Proof): string {
  if (proof.kind === "dead-end") {
    const last = proof.path.at(-1);
    return last === undefined ? "" : `${who(last)} waits for ${last.resource}: ${proof.because}.`;
  }
  const round = proof.path.slice(proof.entry);
  const [first = "", ...others] = round.map(who);
  const links = others.map((name, index) => `${index === 0 ? "" : "which "}waits for ${name}`);
  return `A cycle: ${first} ${[...links, "which waits for the first"].join(", ")}.`;
}

function who({ actor, task }: ProofStep): string {
  return `${task.replace(/^#\d+ /, "")} (${actor})`;
}
