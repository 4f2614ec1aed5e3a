/**
 * From facts to a class, by the rules of the classes.
 *
 * Invariant: evidence first. A class is named only when every clue that its row requires is shown and none that rules
 * it out is; when no row, or rows of two classes, fit, the answer is `unknown` with what is missing.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { Evidence } from "../model/result.ts";
import { CLASSES } from "./classes/registry.ts";
import { type Clue, UNSEEN_KIND } from "./clues/clue.ts";
import { CRASHED } from "./clues/crash.ts";
import { areApart, LOOKS_APART_MS } from "./clues/queries.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Facts } from "./facts.ts";
import { neighbourLine } from "./neighbours.ts";
import type { Rule } from "./hang_class.ts";

/** A rule with the name of its class. */
export type NamedRule = Rule & { readonly class: string };

/** The rules of all classes. */
export const RULES: readonly NamedRule[] = CLASSES.flatMap(({ name, rules }) =>
  rules.map((rule) => ({ ...rule, class: name }))
);

/** How a rule fits. */
interface Fit {
  readonly rule: NamedRule;
  readonly shown: readonly Evidence[];
  readonly notShown: readonly Clue[];
  /** Evidence against it. */
  readonly against: readonly Evidence[];
}

/**
 * Classifies a run that hung or leaked; any other has no class.
 *
 * @param facts everything that was observed
 * @param rules the table; another one only in tests
 */
export function classify(facts: Facts, rules: readonly NamedRule[] = RULES): Diagnosis {
  const fits = rules.filter((rule) => rule.verdict === facts.verdict)
    .filter(({ unrecorded = false }) => !unrecorded || facts.journal === false).map((rule) =>
      fit(rule, facts)
    );
  if (fits.length === 0) return { class: null, owner: null, evidence: [], missing: [] };
  const fitting = fits.filter(({ notShown, against }) => notShown.length + against.length === 0);
  const [best] = fitting;
  const classes = new Set(fitting.map(({ rule }) => rule.class));
  // What stands, and what moves, is not known of a dump that was lost on the way.
  const isCut = facts.dump?.isolates.some(({ cutShort }) => cutShort === true) ?? false;
  if (best === undefined || classes.size > 1 || isCut) return unknown(facts, fits, [...classes]);
  return {
    class: best.rule.class,
    owner: best.rule.owner,
    evidence: unique([
      { kind: "class", detail: `${best.rule.class}: ${best.rule.variant}`, ref: null },
      ...best.shown,
      ...best.rule.supports.flatMap((clue) => clue.find(facts)),
      ...ruledOut(best, fits),
    ]),
    missing: [],
  };
}

function fit(rule: NamedRule, facts: Facts): Fit {
  const found = rule.requires.map((clue) => ({ clue, lines: clue.find(facts) }));
  return {
    rule,
    shown: found.flatMap(({ lines }) => lines),
    notShown: found.filter(({ lines }) => lines.length === 0).map(({ clue }) => clue),
    against: rule.ruledOutBy.flatMap((clue) => clue.find(facts)),
  };
}

/** What would have had to be seen for each other class: a line for each, from its row that came closest. */
function ruledOut(best: Fit, fits: readonly Fit[]): Evidence[] {
  return closest(fits.filter(({ rule }) => rule.class !== best.rule.class)).map((other) => {
    const [against] = other.against;
    const [absent] = other.notShown;
    const { class: name } = other.rule;
    return {
      kind: "ruled-out",
      detail: absent === undefined
        ? neighbourLine(name, [], against === undefined ? [] : [against.detail])
        : neighbourLine(name, [absent.says], []),
      ref: absent === undefined ? against?.ref ?? null : null,
    };
  });
}

/** How much keeps a rule from fitting. */
function gap({ notShown, against }: Fit): number {
  return notShown.length + against.length;
}

/** Those first of which everything was seen, and something against them too; then by how much was not seen. */
function byNearness(a: Fit, b: Fit): number {
  return a.notShown.length - b.notShown.length || gap(a) - gap(b) ||
    b.shown.length - a.shown.length;
}

/** The best row of each class, in the table's order. */
function closest(fits: readonly Fit[]): Fit[] {
  const byClass = new Map<string, Fit>();
  for (const fit of fits) {
    const known = byClass.get(fit.rule.class);
    if (known === undefined || gap(fit) < gap(known)) byClass.set(fit.rule.class, fit);
  }
  return [...byClass.values()];
}

/** What a look too soon after another could not show. */
function looksTooClose(dump: Dump | null): string[] {
  const close = (dump?.isolates ?? []).filter((isolate) =>
    isolate.state === "busy" && !areApart(isolate)
  );
  if (close.length === 0) return [];
  const which = close.map(({ id }) => id).join(", ");
  return [
    `${which}: one look, or looks less than ${LOOKS_APART_MS} ms apart, cannot tell what stands ` +
    "still from what moves (--samples, --sample-gap)",
  ];
}

/** What the kernel does not tell, in words. */
const UNSEEN = {
  threads: "the threads of the process could not be seen",
  reads: "what its threads read could not be seen",
} as const;

const SETTLER = "who could settle what its async functions await";
const NOT_READ = "what its async functions wait for: that stands in its heap, which was not read";

function unknown(facts: Facts, fits: readonly Fit[], classes: readonly string[]): Diagnosis {
  const missing: string[] = [];
  if (classes.length > 1) missing.push(`the evidence fits ${classes.join(" and ")} alike`);
  if (facts.dump === null) {
    const why = facts.dumpFailure === null ? "" : `: ${facts.dumpFailure}`;
    missing.push(`there is no dump${why}`);
  }
  for (const { isolate, why } of facts.dump?.missing ?? []) missing.push(`${isolate}: ${why}`);
  for (const { what, why } of facts.dump?.unseen ?? []) missing.push(`${UNSEEN[what]}: ${why}`);
  if (facts.sigint === null && facts.verdict === "hung" && facts.journal !== false) {
    missing.push("SIGINT was not tried, so whether the runtime acts on it is not known");
  }
  if (facts.sigint?.unseen !== undefined) missing.push(facts.sigint.unseen);
  missing.push(...looksTooClose(facts.dump));
  const unseen = unique(fits.flatMap(({ against }) => against.filter(isUnseen)));
  missing.push(...unseen.map(({ detail }) => detail));
  // The rules ask for tasks, and a program without records has none that could be seen.
  const near = facts.journal === false ? [] : closest(fits);
  if (facts.journal === false) {
    missing.push((facts.dump?.awaits ?? []).length > 0 ? SETTLER : NOT_READ);
  }
  for (const { rule, notShown, against } of near.toSorted(byNearness)) {
    const seen = against.filter((line) => !isUnseen(line)).map(({ detail }) => detail);
    if (notShown.length + seen.length > 0) {
      missing.push(neighbourLine(rule.class, notShown.map(({ says }) => says), seen));
    } else if (against.length > 0) {
      missing.push(`${rule.class}: fits, but for what was not seen`);
    }
  }
  return {
    class: "unknown",
    owner: null,
    // A crash is told whatever else is not known.
    evidence: unique([...fits.flatMap(({ shown }) => shown), ...CRASHED.find(facts)]),
    missing,
  };
}

/** What leaves a class open without speaking against it. */
function isUnseen({ kind }: Evidence): boolean {
  return kind === UNSEEN_KIND;
}

/** Several clues of a row may rest on one fact; it is told once. */
function unique(lines: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return lines.filter(({ kind, detail }) => {
    const key = `${kind}\n${detail}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
