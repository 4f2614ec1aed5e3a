/**
 * The three clocks: a teardown that returned in time can still leave a thread, and a process that never exits.
 *
 * @module
 */

import { actionText } from "./action_text.ts";
import type { Attempt } from "../../model/result.ts";
import { bound, time } from "../../protocol/duration.ts";
import { fitted, item, type PageStyle, relative, section } from "./section.ts";
import { CLOCK_START } from "./words.ts";

/** The three clocks against the deadline, the loop, and what stayed. */
export function clocksSection(attempt: Attempt, page: PageStyle): string[] {
  const { clocks, deadlineMs, loop, leftovers, subjectExit } = attempt;
  // The run was stopped before any clock started or stopped: three times "never" would look like a verdict.
  if (attempt.verdict === "interrupted" && Object.values(clocks).every((ms) => ms === null)) {
    return section(
      "stayed",
      leftovers.flatMap((each) => item("  ", relative(each, page), page)),
      page,
    );
  }
  const help = clocks.nurseryJoinedMs === null ? helpOf(attempt) : null;
  const lines = [
    help !== null
      ? `  nursery joined  ${page.style.red(help)}`
      : clock("nursery joined", clocks.nurseryJoinedMs, deadlineMs, page),
    helpedClock(attempt, "threadsGoneMs", page) ??
      clock("threads gone", clocks.threadsGoneMs, deadlineMs, page),
    helpedClock(attempt, "processExitedMs", page) ??
      clock("process exited", clocks.processExitedMs, deadlineMs, page),
  ];
  if (attempt.verdict === "hung" || attempt.verdict === "leaked") {
    lines.push(...fitted(loopLines(loop), page));
  }
  for (const each of leftovers) lines.push(...item("  stayed: ", relative(each, page), page));
  if (subjectExit !== null && subjectExit !== "0") {
    lines.push(`  the subject ended with ${subjectExit}`);
  }
  return section(
    `the three clocks, from ${CLOCK_START[attempt.phase]} (deadline ${bound(deadlineMs)})`,
    lines,
    page,
  );
}

/** Which action made the nursery join, or may have; null when none did. */
function helpOf({ sigint, actions = [] }: Attempt): string | null {
  const only = (what: string) => `never by itself; only ${what} did it, see below`;
  const after = (what: string) => `late, after ${what}, and perhaps without it: see below`;
  if (sigint?.unwedged === true) return only("Ctrl-C");
  const helped = actions.find(({ unwedged }) => unwedged);
  if (helped !== undefined) return only(actionText(helped.action));
  if (sigint?.unsure !== undefined && sigint.joinedMs !== null) return after("Ctrl-C");
  const doubtful = actions.find(({ unsure }) => unsure !== undefined);
  return doubtful === undefined ? null : after(actionText(doubtful.action));
}

const WENT = {
  threadsGoneMs: ["threads gone", "never by themselves; they went"],
  processExitedMs: ["process exited", "never by itself; it went"],
} as const;

/** A clock that only an action stopped: the sections below say when, and a plain "never" would contradict them. */
function helpedClock(
  attempt: Attempt,
  key: keyof typeof WENT,
  { style }: PageStyle,
): string | null {
  const { clocks, actions = [], sigint, subjectExit } = attempt;
  if (clocks[key] !== null) return null;
  const did = actions.find((report) => report.clocks[key] !== null) ??
    // A process takes its threads along.
    actions.find((report) => report.clocks.processExitedMs !== null);
  const what = did !== undefined
    ? actionText(did.action)
    : subjectExit !== null && sigint?.joinedMs !== null && sigint?.joinedMs !== undefined
    ? "Ctrl-C"
    : null;
  const [name, said] = WENT[key];
  return what === null
    ? null
    : `  ${name.padEnd(14)}  ${style.red(`${said} after ${what}, see below`)}`;
}

function clock(name: string, ms: number | null, deadlineMs: number, { style }: PageStyle): string {
  const label = `  ${name.padEnd(14)}  `;
  if (ms === null) return `${label}${style.red("never, while the run was watched")}`;
  if (ms > deadlineMs) return `${label}${style.yellow(`${time(ms)}, after the deadline`)}`;
  return `${label}${style.green(time(ms))}`;
}

function loopLines({ beats, lastBeatMs, maxGapMs }: Attempt["loop"]): string[] {
  if (lastBeatMs === null) return ["  main loop       no heartbeat was seen"];
  const text = `${beats} heartbeats, the last ${time(lastBeatMs)} before the verdict, ` +
    `longest gap ${time(maxGapMs)}`;
  return [`  main loop       ${text}`];
}
