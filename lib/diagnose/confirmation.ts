/**
 * What the remedies say about a class: what has to work for it to be confirmed, and what would refute it.
 * The class says what a hang looks like; what frees it says what it is.
 *
 * Invariant: a class is confirmed only by things that were tried and seen, never by something that was not tried; and
 * one thing that contradicts it outweighs everything that fits.
 *
 * @module
 */

import type { Confirmation } from "../model/diagnosis.ts";
import type { Findings, Question } from "./cause/questions.ts";
import { Tried } from "./cause/tried.ts";
import { classNamed } from "./classes/registry.ts";

/** One variant's confirmation in words, for people. */
export interface ConfirmationText {
  /** Which variant of the class; null where there is only one. */
  readonly variant: string | null;
  /** What has to be seen, all of it. */
  readonly confirms: readonly string[];
  /** What must not be seen, none of it. */
  readonly refutes: readonly string[];
}

/** How a class is confirmed, variant by variant; empty for one that no remedy can confirm. */
export function confirmationTexts(name: string): ConfirmationText[] {
  const findings: Findings = {
    class: name,
    leak: false,
    native: false,
    handle: false,
    flooded: false,
    living: false,
    hostage: false,
    blocking: false,
    sigintActed: null,
    trials: [],
  };
  // Nothing was tried, so every question names all that it asks about.
  const tried = new Tried([], false);
  const told = (questions: readonly Question[]) =>
    questions.map((question) => question(tried, findings).says);
  return (classNamed(name)?.confirmations ?? []).map((row) => ({
    variant: row.variant ?? null,
    confirms: told(row.confirms),
    refutes: told(row.refutes),
  }));
}

/** Compares the class with what the remedies did. */
export function confirm(findings: Findings): Confirmation {
  const { class: name, trials, leak } = findings;
  const row = classNamed(name)?.confirmations.find((each) => each.when(findings));
  if (row === undefined) {
    const because = `no remedy can confirm ${name}`;
    return { kind: "unconfirmed", class: name, because: [because] };
  }
  const tried = new Tried(trials, leak);
  const asked = (questions: readonly Question[]) =>
    questions.map((question) => question(tried, findings));
  const against = asked(row.refutes).filter(({ holds }) => holds === true);
  if (against.length > 0) {
    return { kind: "conflict", class: name, because: against.map(({ says }) => says) };
  }
  const needed = asked(row.confirms);
  const missing = needed.filter(({ holds }) => holds !== true);
  return missing.length === 0
    ? { kind: "confirmed", class: name, because: needed.map(({ says }) => says) }
    : {
      kind: "unconfirmed",
      class: name,
      because: missing.map(({ says, holds }) =>
        `${holds === null ? "not tried" : "not seen"}: ${says}`
      ),
    };
}
