/** Which actors were heard of after a moment, from the journal. @module */

import type { Heard } from "../diagnose/facts.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";

/**
 * The actors that wrote something of themselves, or died without being ended by force, each with the first time.
 *
 * @param isAfter whether something that happened at a time (epoch milliseconds) counts
 * @param toMs such a time as it is to be told
 */
export function heardOf(
  events: readonly JournalEvent[],
  isAfter: (t: number) => boolean,
  toMs: (t: number) => number,
): Heard[] {
  const later = events.filter(({ t }) => isAfter(t));
  const forced = new Set(later.flatMap((event) => isForce(event) ? event.peer ?? [] : []));
  const heard = new Map<string, Heard>();
  for (const event of later) {
    const actor = speaker(event, forced);
    if (actor === null || heard.has(actor)) continue;
    heard.set(actor, { actor, atMs: toMs(event.t) });
  }
  return [...heard.values()];
}

/** A record that an isolate writes once it runs again, and none that it may write while it spins. */
function speaker(event: JournalEvent, forced: ReadonlySet<string>): string | null {
  if (event.kind === "cancel" || event.kind === "channel") return event.actor;
  return event.kind === "actor-dead" && !forced.has(event.peer) ? event.peer : null;
}

function isForce(
  event: JournalEvent,
): event is Extract<JournalEvent, { kind: "rung" | "remedy" }> {
  return (event.kind === "rung" && event.rung === "reap") ||
    (event.kind === "remedy" && event.remedy === "reap");
}
