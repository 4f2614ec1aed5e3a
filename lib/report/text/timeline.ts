/**
 * The timeline: what the subject wrote in its journal, in the order in which it happened. Time zero is the request of
 * teardown, and what came before it is left out; in a run that never requested it, the end of the program, else the
 * first record.
 *
 * @module
 */

import type { Attempt } from "../../model/result.ts";
import { table } from "./table.ts";
import { CLOCK_START, count } from "./words.ts";
import { time } from "../../protocol/duration.ts";
import { fitted, type PageStyle, relative, section } from "./section.ts";

/** More lines than this are cut in the middle: the beginning says how it started, the end how it stuck. */
const MOST = 60;

/** The timeline of one attempt. */
export function timelineSection(attempt: Attempt, page: PageStyle): string[] {
  const zero = zeroOf(attempt);
  const shown = attempt.timeline.filter(({ atMs }) => zero !== REQUEST || atMs >= 0);
  const lines = table(shown.map(({ atMs, actor, event, detail }) => [
    time(atMs).padStart(9),
    page.style.cyan(actor),
    ...told(event, relative(detail, page).replace(/\s+/g, " ")),
  ])).map((line) => `  ${line}`);
  const cut = lines.length - MOST;
  if (cut > 1) {
    const note = `  ${"…".padStart(9)}  ${
      count(cut, "line")
    } left out; all of it is in result.json`;
    lines.splice(MOST / 2, cut, page.style.dim(note));
  }
  return section(`timeline, from ${zero}`, fitted(lines, page), page);
}

/** A step of the ladder goes by its own name: `soft-kill`, `root/stuck: asked`. */
function told(event: string, detail: string): [event: string, detail: string] {
  const space = detail.indexOf(" ");
  return event === "rung" && space > 0
    ? [detail.slice(0, space), detail.slice(space + 1)]
    : [event, detail];
}

const REQUEST = CLOCK_START.teardown;

/** What stands at zero. */
function zeroOf({ verdict, phase, timeline }: Attempt): string {
  if (verdict === "hung" && phase !== "teardown") return CLOCK_START[phase];
  const atZero = (name: string) => timeline.some(({ event, atMs }) => event === name && atMs === 0);
  if (!timeline.some(({ event }) => event === "teardown-requested")) {
    if (atZero("joined")) return "the end of the program";
    if (atZero("boot")) return "the first record";
  }
  return REQUEST;
}
