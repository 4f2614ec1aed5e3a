/** What an attempt at a proof came to. @module */

import type { Proof } from "../../model/proof.ts";

/** Proven, or why not. */
export type ProofAttempt =
  /** `quietSinceMs`: epoch milliseconds at which the last thing moved. */
  | { readonly kind: "proven"; readonly proof: Proof; readonly quietSinceMs: number }
  | { readonly kind: "not-provable"; readonly reasons: readonly string[] };
