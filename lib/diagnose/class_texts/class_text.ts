/** The form of a class in words. @module */

import type { Owner } from "../../model/result.ts";

/** One class, explained. */
export interface ClassText {
  readonly name: string;
  /** Whose problem it is; more than one where the variants differ. */
  readonly owners: readonly Owner[];
  /** One line. */
  readonly summary: string;
  /** What a person sees. */
  readonly looksLike: string;
  /** How it comes about. */
  readonly why: string;
  /** What must be shown before the class is named. */
  readonly evidence: readonly string[];
  /** What tells it from each class that looks alike. */
  readonly rulesOut: readonly { readonly class: string; readonly because: string }[];
  readonly fixes: readonly string[];
  /** Scenarios that show it. */
  readonly scenarios: readonly string[];
}
