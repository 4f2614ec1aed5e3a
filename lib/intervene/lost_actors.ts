/** Who was given up, by the journal, and may still live. @module */

import type { JournalEvent } from "../protocol/journal_event.ts";

/** Paths of the actors that were abandoned and whose deaths have not been seen since, in the order of the journal. */
export function lostActors(events: readonly JournalEvent[]): string[] {
  const lost = new Set<string>();
  for (const event of events) {
    if (event.kind === "rung" && event.rung === "abandon" && event.step === "asked") {
      lost.add(event.peer);
    } else if (event.kind === "actor-dead") {
      lost.delete(event.peer);
    }
  }
  return [...lost];
}
