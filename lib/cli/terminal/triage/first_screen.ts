/**
 * The first screen of triage: why the run waits for a decision, who is stuck on what, what runs, and what it looks like
 * so far, in one sentence. It is made for the size of the terminal: together with the menu it fits on one screen, and
 * what matters most stands at the bottom, above the menu.
 *
 * @module
 */

import { classNamed } from "../../../diagnose/classes/registry.ts";
import { chainLines } from "../../../report/text/answer.ts";
import { chainOf } from "../../../report/text/chain.ts";
import type { Attempt } from "../../../model/result.ts";
import { bound, time } from "../../../protocol/duration.ts";
import type { HungBecause, HungRun } from "../../../run/hung_run.ts";
import { heading, missingLines, type Screen, sentences } from "../../../report/text/screen.ts";
import { watchedNow } from "../../../report/text/watched_page.ts";
import { busyLines, treeLines } from "../../../report/text/tree.ts";

/** Lines for what waits for what, down to a line of the program. */
const CHAIN = 6;
/** Lines for the tree in any case, on however small a terminal. */
const LEAST_TREE = 4;

/**
 * The lines.
 *
 * @param attempt as it would be judged now
 * @param below how many lines the menu takes that will stand below
 */
export function firstScreen(
  { name, because, dump, isCommand }: Pick<HungRun, "name" | "because" | "dump" | "isCommand">,
  attempt: Attempt,
  below: number,
  screen: Screen,
): string[] {
  const top = heading(`${name}: ${WHY[because](attempt)}`, screen);
  const bottom = [
    // Before a verdict there is no path, and what runs stands in the lines above.
    ...(attempt.path ? chainLines(chainOf(attempt), CHAIN, screen) : []),
    ...classLines(attempt, because, isCommand ? MAY_MOVE : NOT_YET, screen),
  ];
  if (dump?.kind !== "taken") {
    const why = dump === null ? "it was not looked into" : dump.why;
    return [top, ...sentences(`No dump: ${why}; d looks again.`, screen, "", "yellow"), ...bottom];
  }
  if (isCommand) {
    const room = Math.max(LEAST_TREE, screen.rows - 1 - bottom.length - below);
    return [top, ...watchedNow(attempt, room, screen), ...bottom];
  }
  const missing = missingLines(dump.dump, screen);
  const busy = busyLines(dump.dump, screen);
  const used = 1 + missing.length + busy.length + bottom.length + below;
  const room = Math.max(LEAST_TREE, screen.rows - used);
  const tree = treeLines(dump.dump, room, screen, "w writes all of it into a file");
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

const MAY_MOVE = "what you see may still move.";
const NOT_YET = `its deadline has not passed, and ${MAY_MOVE}`;

/** What it looks like so far. */
function classLines(
  { class: name, owner, missing }: Attempt,
  because: HungBecause,
  notYet: string,
  screen: Screen,
): string[] {
  const early = because === "interrupted";
  if (name === null) {
    return sentences(early ? `No class fits so far; ${notYet}` : "No class yet.", screen);
  }
  if (name === "unknown") {
    return sentences(`No class fits so far; missing: ${missing.join("; ")}.`, screen);
  }
  const whose = owner === null ? "" : ` (the ${owner}'s)`;
  const text = `${name}${whose}: ${classNamed(name)?.summary ?? ""}.`;
  const said = early ? `So far like ${text} But ${notYet}` : text;
  return sentences(said, screen).map((each, index) => index === 0 ? screen.style.bold(each) : each);
}
