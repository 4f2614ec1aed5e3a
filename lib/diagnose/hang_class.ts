/**
 * What a class of hangs is: how it is recognised, what it means, and how remedies confirm it. Each class is one file of
 * `classes/`; `classes/registry.ts` lists them.
 *
 * @module
 */

import type { Owner } from "../model/result.ts";
import type { ClassName } from "../protocol/class_names.ts";
import type { Findings, Question } from "./cause/questions.ts";
import type { Clue } from "./clues/clue.ts";

/** One way in which a run can go wrong that can be told from every other. */
export interface Rule {
  /** Only for programs that write down nothing of what they do. */
  readonly unrecorded?: true;
  /** Tells the variants of a class apart, for people. */
  readonly variant: string;
  readonly verdict: "hung" | "leaked";
  /** Null where it cannot be told. */
  readonly owner: Owner | null;
  /** Each must be shown. */
  readonly requires: readonly Clue[];
  /** None may be shown. */
  readonly ruledOutBy: readonly Clue[];
  /** Told when shown; they decide nothing. */
  readonly supports: readonly Clue[];
}

/** What has to work on copies of the hang for the class to be confirmed. */
export interface Confirmable {
  /** Which variant of the class, in words; absent where there is only one. */
  readonly variant?: string;
  /** Tells the variants apart. */
  readonly when: (findings: Findings) => boolean;
  /** Each must hold. */
  readonly confirms: readonly Question[];
  /** None may hold. */
  readonly refutes: readonly Question[];
}

/** One class. */
export interface HangClass {
  readonly name: ClassName;
  /** One line. */
  readonly summary: string;
  /** What a person sees. */
  readonly looksLike: string;
  /** How it comes about. */
  readonly why: string;
  /** The smallest change first. */
  readonly fixes: readonly string[];
  /** Scenarios that show it. */
  readonly scenarios: readonly string[];
  /** The variants; the first that fits is taken. */
  readonly rules: readonly Rule[];
  readonly confirmations: readonly Confirmable[];
}
