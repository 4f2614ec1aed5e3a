/**
 * Whether what a hang waits for could still come by itself. A subject that is only slow comes to its end whatever is
 * done to it, so a join that follows then proves nothing about what was done.
 *
 * Invariant: it asks only about the end of the chain of waits. What ticks beside a hang, and does not lead out of it,
 * takes no credit away from what frees it.
 *
 * @module
 */

import type { ChainStep } from "../../model/diagnosis.ts";
import type { Dump, IsolateDump } from "../../model/dump.ts";
import { restsInModule } from "../clues/boot.ts";
import { hasMoved, standstill } from "../clues/queries.ts";
import { chainOf } from "./chain.ts";

/** How a sleep without an end is named in a dump. */
const FOREVER = "forever";

/** What the end of the chain of waits is still getting on with, in words; null when nothing there moves. */
export function stillMoving(dump: Dump): string | null {
  const last = chainOf(dump).at(-1);
  if (last === undefined || last.task === null) return null;
  const who = `${last.task.replace(/^#\d+ /, "")} of ${last.actor}`;
  if (last.kind === "sleep" && last.resource !== FOREVER) {
    return `${who} was in a sleep that ends by itself`;
  }
  if (boots(last, dump)) return `${last.peer} was still starting`;
  return moves(busyOne(last, dump)) ? `${who} was at work, and its stack had moved` : null;
}

/**
 * A handshake may come as long as its actor lives and does not stand still in its own code. An actor that has no name
 * yet answers without one, so an isolate without a name may be it; where there is neither, none can come up.
 */
function boots({ kind, peer, peerState }: ChainStep, dump: Dump): boolean {
  const { isolates, complete } = dump;
  if (kind !== "handshake" || peerState !== "alive") return false;
  const workers = isolates.filter((each) => each.kind === "worker" && each.state !== "gone");
  const own = workers.find(({ actor }) => actor === peer);
  if (own !== undefined) return standstill(own) === null && !restsInModule(dump, peer ?? "");
  return !complete || workers.some(({ actor }) => actor === null);
}

/** The isolate whose running code the chain ends in: of a task that runs, or of a living actor that is waited for. */
function busyOne({ actor, kind, peer, peerState }: ChainStep, { isolates }: Dump) {
  const whose = kind === "none" ? actor : peerState === "alive" ? peer : null;
  return isolates.find((isolate) => whose !== null && isolate.actor === whose);
}

/** Between two looks it was in other code, or at rest in one of them. */
function moves(isolate: IsolateDump | undefined): boolean {
  if (isolate === undefined || isolate.samples.length < 2) return false;
  const running = isolate.samples.filter(({ frames }) => frames.length > 0);
  if (running.length === 0) return false;
  return running.length < isolate.samples.length ||
    hasMoved(isolate);
}
