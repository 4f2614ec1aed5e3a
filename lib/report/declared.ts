/**
 * Compares what was observed with what was declared: verdict, class, owner, proof, and what Ctrl-C did. Totals, tables,
 * JUnit and exit codes all use this comparison, so they cannot disagree.
 *
 * Invariant: what is not declared is not compared. A scenario declares nothing for a set of remedies that is
 * not empty and lacks one of `fixedBy`, for a run that was stopped, and for Ctrl-C when it was not tried, or
 * not watched for long enough.
 *
 * @module
 */

import type { ScenarioFacts } from "../protocol/journal_event.ts";
import { REMEDIES } from "../protocol/remedies.ts";
import type { Attempt, ScenarioResult } from "../model/result.ts";

/** What a scenario declares, and by which name. */
export type Declared = Pick<ScenarioResult, "name" | "file" | "summary" | "expected" | "fixedBy">;

/** One thing that is not as declared. */
export interface Difference {
  readonly what: "verdict" | "class" | "owner" | "proof" | "Ctrl-C" | "diagnosis";
  readonly declared: string;
  readonly observed: string;
}

/** How an attempt compares. */
export type Comparison =
  | { readonly kind: "as-declared" }
  | { readonly kind: "mismatch"; readonly differences: readonly Difference[] }
  | { readonly kind: "not-declared" };

/** The part of a scenario's facts that is compared. */
export function declaredBy({ name, file, summary, expected, fixedBy }: ScenarioFacts): Declared {
  const { verdict, class: hangClass, owner, ctrlC, proven = false, withRemedies = null } = expected;
  return {
    name,
    file,
    summary,
    expected: { verdict, class: hangClass, owner, ctrlC, proven, withRemedies },
    fixedBy,
  };
}

/** Stands for the declaration of a scenario that was ended before it gave one; its attempts are never compared. */
export function undeclared(name: string, file: string): Declared {
  const expected = { ...FINISHED, ctrlC: "not-needed", proven: false, withRemedies: null } as const;
  return { name, file, summary: "(the scenario was never loaded)", expected, fixedBy: [] };
}

/** Compares one attempt with what its scenario declares. */
export function compare(attempt: Attempt, { expected, fixedBy }: Declared): Comparison {
  const { verdict, class: hangClass, owner, remedies } = attempt;
  if (verdict === "interrupted" || attempt.cutShort === true) return { kind: "not-declared" };
  const bare = remedies.length === 0;
  if (!bare && !(fixedBy.length > 0 && fixedBy.every((name) => remedies.includes(name)))) {
    // Where nothing hangs, no remedy may do harm.
    if (fixedBy.length > 0 || expected.verdict !== "finished") return { kind: "not-declared" };
  }
  // More than the declared set may also do more than is declared of it.
  const better = remedies.length > fixedBy.length && verdict === "finished";
  const wanted = bare ? expected : better ? FINISHED : expected.withRemedies ?? FINISHED;
  const differences = [
    differ("verdict", wanted.verdict, verdict),
    differ("class", wanted.class, hangClass),
    // Some declarations name a class and no owner (and older documents have none): then any owner is right.
    wanted.owner === null && wanted.class !== null ? null : differ("owner", wanted.owner, owner),
    bare ? proof(attempt, expected) : null,
    bare ? ctrlC(attempt, expected.ctrlC) : null,
    diagnosis(attempt),
  ].filter((each) => each !== null);
  return differences.length === 0 ? { kind: "as-declared" } : { kind: "mismatch", differences };
}

/** Whether an attempt is as declared, or null when nothing is declared about these remedies. */
export function asDeclared(attempt: Attempt, declared: Declared): boolean | null {
  const { kind } = compare(attempt, declared);
  return kind === "not-declared" ? null : kind === "as-declared";
}

/** The differences in one line: `verdict finished, not hung; class none, not orphaned-channel`. */
export function differenceLine(differences: readonly Difference[]): string {
  return differences.map(({ what, declared, observed }) => `${what} ${observed}, not ${declared}`)
    .join("; ");
}

/** A set of remedies as a short name: `no remedy`, `reap`, `channel-abort + reap`, `all remedies`. */
export function remedyLabel(remedies: readonly string[]): string {
  if (remedies.length === REMEDIES.length) return "all remedies";
  return remedies.length === 0 ? "no remedy" : remedies.join(" + ");
}

const FINISHED = { verdict: "finished", class: null, owner: null } as const;

function differ(
  what: Difference["what"],
  declared: string | null,
  observed: string | null,
): Difference | null {
  return declared === observed
    ? null
    : { what, declared: declared ?? "none", observed: observed ?? "none" };
}

/** A declared proof that is not found is a mismatch, and so is a proof that was not declared: it may be false. */
function proof(
  { verdict, proven }: Attempt,
  { proven: declared = null }: Declared["expected"],
): Difference | null {
  if (verdict !== "hung" || declared === null) return null;
  const word = (proven: boolean) => proven ? "found" : "none";
  return differ("proof", word(declared), word(proven));
}

function ctrlC(
  { verdict, sigint }: Attempt,
  declared: ScenarioResult["expected"]["ctrlC"],
): Difference | null {
  if (verdict !== "hung" || sigint === null || declared === "not-needed") return null;
  if (sigint.unseen !== undefined) return null;
  // What may have come by itself shows nothing of the signal.
  if (sigint.unsure !== undefined) return null;
  const observed = sigint.unwedged ? "unwedges" : sigint.actedMs === null ? "ignored" : "in-vain";
  return differ("Ctrl-C", declared, observed);
}

/** A diagnosis that contradicts the class of its hang is a mismatch, whatever is declared. */
function diagnosis({ diagnosis }: Attempt): Difference | null {
  if (diagnosis?.confirmation.kind !== "conflict") return null;
  const { class: name, because } = diagnosis.confirmation;
  return differ("diagnosis", "agreement", `conflict with ${name} (${because.join("; ")})`);
}
