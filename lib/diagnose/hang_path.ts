/** Who waits for whom in a hang, for the document and for the clues that rest on it. @module */

import type { HangPath } from "../model/path.ts";
import type { Facts } from "./facts.ts";
import { graphOfDump } from "./graph/from_dump.ts";
import { pathOf } from "./graph/path.ts";

/** The path; null where there is no dump, or it does not show the root actor. */
export function hangPath({ dump, proof, deadActors }: Facts): HangPath | null {
  if (dump === null) return null;
  return pathOf(graphOfDump(dump), { proven: proof?.kind === "proven", dead: deadActors });
}
