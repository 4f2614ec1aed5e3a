/** The class unknown: the evidence fits no class, or more than one; what is missing is listed. @module */

import type { HangClass } from "../hang_class.ts";

/** All of the class. */
export const UNKNOWN: HangClass = {
  name: "unknown",
  summary: "the evidence fits no class, or more than one; what is missing is listed",
  looksLike: "A hang or a leak, with everything that was seen of it.",
  why: "unwedge names a class only when every fact that the class rests on has been seen.",
  fixes: [
    "read the list of what is missing; with the SIGINT probe on and two samples more can be told",
    "read the dump: where each task is parked, and where each isolate stands",
  ],
  scenarios: [],
  rules: [],
  confirmations: [],
};
