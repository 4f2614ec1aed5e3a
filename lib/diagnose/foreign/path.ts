/** Who waits for whom in a program without records. @module */

import type { HangPath } from "../../model/path.ts";
import type { Facts } from "../facts.ts";
import { mainBranches } from "./branches.ts";
import { type Finding, openEnd } from "./finding.ts";
import { leftOpen, stillServes } from "./left_open.ts";
import { lockCycle } from "./locks.ts";
import { memoryCycle } from "./memory.ts";
import { orphaned } from "./orphaned.ts";
import { deafToAbort, farEnd, fullPipe, openConnections, ownFarEnd } from "./outside.ts";
import { awaitCycle, unsettled } from "./unsettled.ts";
import { blocked, stuckInModule } from "./workers.ts";

/** Each explains a hang by itself. */
const FINDERS: readonly ((facts: Facts) => Finding | null)[] = [
  awaitCycle,
  lockCycle,
  unsettled,
  fullPipe,
  openConnections,
  deafToAbort,
  ownFarEnd,
  farEnd,
  stuckInModule,
  memoryCycle,
  blocked,
  orphaned,
  leftOpen,
  stillServes,
];

/** The path to the line at which the program stands; null where nothing of it was seen to wait. */
export function foreignPath(facts: Facts): HangPath | null {
  for (const find of FINDERS) {
    const found = find(facts);
    if (found !== null) return found.path;
  }
  const [branch] = mainBranches(facts);
  return branch === undefined ? null : openEnd(branch);
}
