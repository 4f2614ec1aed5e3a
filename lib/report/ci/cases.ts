/**
 * A result document as a list of cases, one for each attempt, which is what tables, JUnit, Markdown and GitHub show.
 *
 * Invariant: names are unique in a document, and the same run of the same catalog gives the same names: CI services
 * tell cases apart, and follow them from build to build, by their names alone.
 *
 * @module
 */

import { compare, differenceLine, remedyLabel } from "../declared.ts";
import type {
  Attempt,
  AttemptRun,
  Expectation,
  ResultDocument,
  ScenarioResult,
} from "../../model/result.ts";
import { watchedSentence } from "../text/watched_text.ts";
import { bound, time } from "../../protocol/duration.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import { plain } from "../../protocol/text.ts";

/** How a case came out. */
export type CaseOutcome =
  | { readonly kind: "as-declared" }
  | { readonly kind: "mismatch"; readonly line: string }
  /** It has a verdict, and nothing is declared about it. */
  | { readonly kind: "not-declared" }
  /** unwedge could not judge it. */
  | {
    readonly kind: "fault";
    readonly message: string;
    readonly file: string | null;
    readonly line: number | null;
  }
  /** Stopped before its verdict, or never started. */
  | { readonly kind: "skipped"; readonly message: string };

/** One attempt, or one that should have been. */
export interface Case {
  /** `non-checkpointing [no remedy]`, with ` #2` for a repetition. */
  readonly name: string;
  readonly scenario: string;
  /** File URL of the scenario. */
  readonly file: string;
  readonly remedies: readonly string[];
  /** The parameters that were set for its scenario alone. */
  readonly set: Readonly<Record<string, string>>;
  readonly outcome: CaseOutcome;
  readonly attempt: Attempt | null;
  readonly run: AttemptRun | null;
  /** Null for a scenario of which nothing could be learnt. */
  readonly declared: ScenarioResult | null;
}

/** The cases of a document, scenario by scenario. */
export function casesOf({ scenarios, unjudged }: ResultDocument): Case[] {
  const names = new Map<string, number>();
  const unique = (scenario: string, remedies: readonly string[], watched = false) => {
    const name = watched ? scenario : `${scenario} [${remedyLabel(remedies)}]`;
    const number = (names.get(name) ?? 0) + 1;
    names.set(name, number);
    return number === 1 ? name : `${name} #${number}`;
  };
  const all = [...new Set([...scenarios.map(nameOf), ...unjudged.map((each) => each.scenario)])];
  return all.flatMap((scenario) => {
    const declared = scenarios.find(({ name }) => name === scenario) ?? null;
    const judged = (declared?.attempts ?? []).map((attempt, index): Case => ({
      name: unique(scenario, attempt.remedies, attempt.watched !== undefined),
      scenario,
      file: declared?.file ?? "",
      remedies: attempt.remedies,
      set: declared?.set ?? {},
      outcome: declared === null ? { kind: "not-declared" } : outcomeOf(attempt, declared),
      attempt,
      run: declared?.runs[index] ?? null,
      declared,
    }));
    const others = unjudged.filter((each) => each.scenario === scenario).map((each): Case => {
      const { kind, message, file, line, remedies, scenarioFile, set = {} } = each;
      const outcome = kind === "fault" ? { kind, message, file, line } : { kind, message };
      const name = unique(scenario, remedies);
      const none = { attempt: null, run: null, declared };
      return { name, scenario, file: scenarioFile, remedies, set, outcome, ...none };
    });
    return [...judged, ...others];
  });
}

/** What was seen in one line: `hung: orphaned-channel, supervisor; Ctrl-C unwedges`, `finished in 1.04 s`. */
export function seenLine({ attempt, outcome }: Case): string {
  if (attempt === null) return "message" in outcome ? firstLine(outcome.message) : "";
  if (attempt.watched !== undefined) return watchedSentence(attempt, attempt.watched);
  const { verdict, clocks, deadlineMs, proven } = attempt;
  switch (verdict) {
    case "finished":
      return `finished in ${time(teardownMs(attempt) ?? 0)}`;
    case "leaked":
      return `leaked, joined after ${time(clocks.nurseryJoinedMs ?? 0)}${cause(attempt)}`;
    case "hung":
      return `hung ${proven ? "and proven never to end" : `at ${bound(deadlineMs)}`}${
        cause(attempt)
      }${ctrlC(attempt)}`;
    default:
      return verdict;
  }
}

/** What was declared in one line, for the direction of `remedies`. */
export function declaredLine(
  { verdict, class: hangClass, owner, ctrlC, proven, withRemedies }: Expectation,
  remedies: readonly string[],
): string {
  const wanted = remedies.length === 0 ? { verdict, class: hangClass, owner } : withRemedies;
  if (wanted === null) return "finished";
  const parts = [wanted.verdict, wanted.class, wanted.owner].filter((each) => each !== null);
  if (remedies.length > 0) return parts.join(", ");
  if (proven === true) parts.push("proven");
  if (ctrlC !== "not-needed") parts.push(`Ctrl-C ${ctrlC}`);
  return parts.join(", ");
}

/** When teardown was over: the last of the three clocks, or null when one never stopped. */
export function teardownMs({ clocks }: Attempt): number | null {
  const { nurseryJoinedMs, threadsGoneMs, processExitedMs } = clocks;
  if (nurseryJoinedMs === null || processExitedMs === null) return null;
  return Math.max(nurseryJoinedMs, threadsGoneMs ?? 0, processExitedMs);
}

function outcomeOf(attempt: Attempt, declared: ScenarioResult): CaseOutcome {
  if (attempt.verdict === "interrupted") {
    return { kind: "skipped", message: "stopped before the run was over" };
  }
  const { verdict, watched } = attempt;
  if (watched !== undefined) {
    return verdict === "finished"
      ? { kind: "as-declared" }
      : { kind: "mismatch", line: watchedSentence(attempt, watched) };
  }
  const comparison = compare(attempt, declared);
  return comparison.kind === "mismatch"
    ? { kind: "mismatch", line: differenceLine(comparison.differences) }
    : comparison;
}

function cause({ class: hangClass, owner }: Attempt): string {
  if (hangClass === null) return "";
  return `: ${hangClass}${owner === null ? "" : `, ${owner}`}`;
}

function ctrlC({ sigint }: Attempt): string {
  if (sigint === null) return "";
  if (sigint.unseen !== undefined) return "; Ctrl-C not seen";
  if (sigint.by !== undefined) return "; Ctrl-C ends the process";
  return `; Ctrl-C ${
    sigint.unwedged ? "unwedges" : sigint.actedMs === null ? "ignored" : "in-vain"
  }`;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** One line that says what is wrong, or null when nothing is. */
export function troubleLine(each: Case): string | null {
  const { name, outcome, declared, remedies } = each;
  switch (outcome.kind) {
    case "mismatch": {
      if (each.attempt?.watched !== undefined) return oneLine(`${name}: ${outcome.line}`);
      const wanted = declared === null
        ? ""
        : `; declared: ${declaredLine(declared.expected, remedies)}`;
      return oneLine(`${name}: ${outcome.line} (seen: ${seenLine(each)}${wanted})`);
    }
    case "fault": {
      const line = outcome.line === null ? "" : `:${outcome.line}`;
      const where = outcome.file === null ? "" : `${pathOfFile(outcome.file)}${line}: `;
      return oneLine(`${name}: cannot be judged: ${where}${outcome.message}`);
    }
    default:
      return null;
  }
}

function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, " ").trim();
}
