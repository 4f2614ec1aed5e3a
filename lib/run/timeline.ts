/**
 * The journal as lines for people: what happened, in which actor, how long before or after teardown was requested.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import type { TimelineEntry } from "../model/result.ts";
import { tenths } from "./tenths.ts";

/** Longer than this a timeline is not read; its middle is left out and counted. */
const MAX_ENTRIES = 2_000;

/** What is written again and again. */
const UNTOLD: readonly JournalEvent["kind"][] = ["beat", "waits", "stirs"];

/**
 * Renders journal records, and what the harness did itself, as timeline entries in order of time.
 *
 * @param events journal records; heartbeats are left out
 * @param observed what the harness saw or did, with epoch times
 * @param zeroAt epoch milliseconds of the timeline's zero
 */
export function timelineOf(
  events: readonly JournalEvent[],
  observed: readonly { readonly t: number; readonly event: string; readonly detail: string }[],
  zeroAt: number,
): TimelineEntry[] {
  const own = observed.map(({ t, event, detail }) => ({
    atMs: tenths(t - zeroAt),
    actor: "unwedge",
    event,
    detail,
  }));
  const theirs = events.filter((event) => !UNTOLD.includes(event.kind)).map((event) => ({
    atMs: tenths(event.t - zeroAt),
    actor: event.actor,
    event: event.kind,
    detail: detailOf(event),
  }));
  const entries = [...theirs, ...own].sort((a, b) => a.atMs - b.atMs);
  return fold(entries);
}

function fold(entries: TimelineEntry[]): TimelineEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  const head = entries.slice(0, MAX_ENTRIES / 2);
  const tail = entries.slice(-MAX_ENTRIES / 2);
  const left = entries.length - head.length - tail.length;
  const gap: TimelineEntry = {
    atMs: head.at(-1)?.atMs ?? 0,
    actor: "unwedge",
    event: "left-out",
    detail: `${left} entries; all of them are in journal.msgpack`,
  };
  return [...head, gap, ...tail];
}

function detailOf(event: JournalEvent): string {
  switch (event.kind) {
    case "boot":
      return `process ${event.pid}`;
    case "scenario":
      return `${event.facts.name}, remedies: ${event.remedies.join(", ") || "none"}`;
    case "refused":
      return event.message;
    case "load-failed":
      return `${event.file}${event.line === null ? "" : `:${event.line}`}: ${event.message}`;
    case "beat":
      return `#${event.n}`;
    case "actor-spawned":
      return `${event.peer} on ${event.worker}`;
    case "handshake":
    case "actor-dead":
      return event.peer;
    case "orphans":
      return `below ${event.peer}: ${event.living.join(", ") || "none"}`;
    case "teardown-requested":
      return event.why;
    case "teardown-over":
      return "its nursery has closed, and the program goes on";
    case "cancel":
      return `${event.reason.source} by ${event.reason.byActor}, scope ${event.reason.scope}` +
        (event.reason.detail === null ? "" : `: ${event.reason.detail}`);
    case "rung":
      return `${event.rung} ${event.peer}: ${event.effect ?? event.step}`;
    case "channel":
      return `to ${event.peer}: ${event.from} -> ${event.to} (${event.why})`;
    case "remedy":
      return `${event.remedy}${event.peer === null ? "" : ` for ${event.peer}`}: ${event.did}` +
        (event.by === "operator" ? " (by hand)" : "");
    case "parked":
      return `${event.task} on ${event.on}`;
    case "waits":
      return event.waits.sources.length === 0
        ? "nothing moves here, and nothing can by itself"
        : `nothing moves here until ${event.waits.sources.join("; ")}`;
    case "stirs":
      return "moves again";
    case "signal-seen":
      return event.signal;
    case "signal-acted":
      return event.by === undefined ? event.signal : `${event.signal}, by the ${event.by}`;
    case "cancel-swallowed":
      return `${event.task}, ${event.times} times` +
        (event.at === null ? "" : `, at ${event.at.file}:${event.at.line}`);
    case "error":
      return `${event.name}: ${event.message} (${event.where})`;
    case "joined":
      return event.error === null ? event.outcome : `${event.outcome}: ${event.error}`;
    case "note":
      return event.text;
    case "done":
      return "main module finished";
    case "orphaned":
      return "the harness is gone";
  }
}
