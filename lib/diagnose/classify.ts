/** Stub. @module */
import type { Diagnosis } from "./diagnosis.ts";
import type { Facts } from "./facts.ts";
/** Classifies. */
export function classify(_facts: Facts): Diagnosis {
  return { class: "unknown", owner: null, evidence: [], missing: [] };
}
