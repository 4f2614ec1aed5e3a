/**
 * The verdict of a run in one line.
 *
 * @module
 */

import type { Attempt, Verdict } from "../../model/result.ts";
import type { Proof } from "../../model/proof.ts";
import type { Style } from "./style.ts";
import { bound, time } from "../../protocol/duration.ts";
import { watchedSentence } from "./watched_text.ts";
import { listed } from "./words.ts";

/**
 * The verdict of one attempt in one line, without an end of line.
 *
 * @param note why the run ends with another code than this verdict's (`endNote`)
 */
export function verdictLine(
  name: string,
  attempt: Attempt,
  exitCode: number,
  style: Style,
  note: string | null = null,
): string {
  return lineOf(name, attempt, sentence(attempt), exitCode, style, note);
}

/** The same where the class stands in another line, and with what a hang that is not proven lacks. */
export function verdictHead(
  name: string,
  attempt: Attempt,
  exitCode: number,
  style: Style,
  note: string | null = null,
): string {
  const { verdict, proof } = attempt;
  if (verdict !== "hung" && verdict !== "leaked") {
    return verdictLine(name, attempt, exitCode, style, note);
  }
  const unproven = proof?.kind === "not-provable" ? ", not proven" : "";
  const said = verdict === "hung"
    ? `${hang(attempt)}${unproven}`
    : `the nursery joined after ${time(attempt.clocks.nurseryJoinedMs ?? 0)}, the process stayed`;
  return lineOf(name, attempt, `${said}${withRemedies(attempt)}`, exitCode, style, note);
}

function lineOf(
  name: string,
  { verdict }: Attempt,
  said: string,
  exitCode: number,
  style: Style,
  note: string | null,
): string {
  const word = colourOf(verdict, style)(style.bold(verdict.toUpperCase()));
  const more = note === null || verdict === "interrupted" ? "" : `; ${note}`;
  return `${word} ${style.bold(name)}: ${said}${more} (exit code ${exitCode})`;
}

/** What was seen, in a sentence without its full stop. */
function sentence(attempt: Attempt): string {
  const { clocks, watched } = attempt;
  if (watched !== undefined) return watchedSentence(attempt, watched);
  switch (attempt.verdict) {
    case "finished":
      return `${finish(attempt)}${withRemedies(attempt)}`;
    case "leaked":
      return `the nursery joined after ${time(clocks.nurseryJoinedMs ?? 0)}, but ${
        stayed(attempt)
      }${attempt.diagnosis === undefined ? "" : `; ${cause(attempt)}`}${withRemedies(attempt)}`;
    case "hung":
      return `${hang(attempt)}; ${cause(attempt)}${withRemedies(attempt)}`;
    case "failed":
      return firstEvidence(attempt, "the subject failed by itself");
    case "crashed":
      return firstEvidence(attempt, "the subject crashed");
    case "interrupted":
      return "stopped before the run was over; this report is partial";
  }
}

/** A process that had gone by the first look after the deadline is dated by that look. */
function finish(attempt: Attempt): string {
  const { clocks: { nurseryJoinedMs }, deadlineMs } = attempt;
  const tookMs = longest(attempt) ?? 0;
  if (tookMs <= deadlineMs) return `teardown finished in ${time(tookMs)} of ${bound(deadlineMs)}`;
  return `the nursery joined in ${time(nurseryJoinedMs ?? 0)} of ${bound(deadlineMs)}, and the ` +
    `process had gone at the next look, after ${time(tookMs)}`;
}

function hang({ phase, proof, deadlineMs }: Attempt): string {
  if (phase === "start") return "the program was not loaded in time";
  if (phase === "body") {
    return proof?.kind === "proven"
      ? `teardown is never requested, proven after ${time(proof.provenMs)}: ${shapeOf(proof.proof)}`
      : `the program did not request teardown in ${bound(deadlineMs)}`;
  }
  const inTime = `teardown did not finish in ${bound(deadlineMs)}`;
  if (proof?.kind !== "proven") return inTime;
  const shape = shapeOf(proof.proof);
  return proof.provenMs < deadlineMs
    ? `teardown never ends, proven after ${time(proof.provenMs)}: ${shape}`
    : `${inTime} and never ends, proven: ${shape}`;
}

function shapeOf({ kind }: Proof): string {
  return kind === "cycle" ? "a cycle of waits" : "nothing is left to end its wait";
}

function cause({ class: name, owner, diagnosis }: Attempt): string {
  if (name === null) return "no class";
  if (name === "unknown") return "the class is unknown";
  const whose = {
    supervisor: ", the supervisor's",
    program: ", the program's",
    platform: ", the platform's",
  };
  return `${name}${owner === null ? "" : whose[owner]}${confirmed(diagnosis)}`;
}

function confirmed(diagnosis: Attempt["diagnosis"]): string {
  if (diagnosis === undefined) return "";
  const { confirmation: { kind }, smallest } = diagnosis;
  const by = smallest.process ?? smallest.nursery;
  if (kind === "confirmed") return `, confirmed${by === null ? "" : ` by ${by}`}`;
  return kind === "conflict" ? ", CONTRADICTED by what unwedged it" : ", not confirmed";
}

function stayed({ leftovers, clocks }: Attempt): string {
  if (leftovers.length > 0) {
    const [first = ""] = leftovers;
    return `this stayed: ${first}${
      leftovers.length > 1 ? ` and ${leftovers.length - 1} more` : ""
    }`;
  }
  return clocks.threadsGoneMs === null ? "a thread stayed" : "the process did not exit";
}

function withRemedies({ remedies }: Attempt): string {
  return remedies.length === 0 ? "" : `, with ${listed(remedies)}`;
}

/** The first evidence, which is more precise than the general sentence `otherwise`. */
function firstEvidence({ evidence, subjectExit }: Attempt, otherwise: string): string {
  const detail = evidence[0]?.detail.replace(/\s+/g, " ").replace(/\.$/, "");
  return detail ?? `${otherwise}${subjectExit === null ? "" : `; it ended with ${subjectExit}`}`;
}

function longest({ clocks }: Attempt): number | null {
  const all = [clocks.nurseryJoinedMs, clocks.threadsGoneMs, clocks.processExitedMs];
  return all.reduce((most, ms) => ms === null ? most : Math.max(most ?? 0, ms), null);
}

function colourOf(verdict: Verdict, style: Style): (text: string) => string {
  switch (verdict) {
    case "finished":
      return style.green;
    case "leaked":
    case "interrupted":
      return style.yellow;
    default:
      return style.red;
  }
}
