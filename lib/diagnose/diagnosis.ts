/**
 * What a diagnosis says.
 *
 * @module
 */

import type { Evidence, Owner } from "../model/result.ts";

/** A class with what it rests on; class `unknown` says what is missing instead. */
export interface Diagnosis {
  /** Null when there is nothing to diagnose. */
  readonly class: string | null;
  readonly owner: Owner | null;
  readonly evidence: readonly Evidence[];
  /** For `unknown`: what would have to be known. */
  readonly missing: readonly string[];
}
