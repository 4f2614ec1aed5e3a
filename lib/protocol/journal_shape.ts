/**
 * What a record of the journal looks like. A record comes from another process and through a file, so it is checked
 * before anything is made of it.
 *
 * @module
 */

import {
  type Check,
  type Fields,
  isObject,
  list,
  nullable,
  number,
  object,
  optional,
  text,
  word,
} from "./shape.ts";
import type { JournalBody, JournalEvent, ScenarioFacts } from "./journal_event.ts";
import { cancelReason, channelState, otherUsers, site, waitedFor } from "./snapshot_shape.ts";
import type { ChannelCount, WaitingTask, WaitRecord, WaitsRecord } from "./waits.ts";

/** What the scenario declares is checked where it is declared. */
const declared: Check<ScenarioFacts["expected"]> = (value): value is ScenarioFacts["expected"] =>
  isObject(value);

const params: Check<ScenarioFacts["params"]> = (value): value is ScenarioFacts["params"] =>
  isObject(value) &&
  Object.values(value).every(object({ value: text, default: text, about: text }));

const facts = object<ScenarioFacts>({
  name: text,
  file: text,
  summary: text,
  story: text,
  params,
  expected: declared,
  fixedBy: list(text),
  load: optional(word("light", "spins")),
  settleMs: number,
  softKillMs: number,
  hardKillMs: number,
  deadlineMs: number,
});

const wait = object<WaitRecord>({
  ...waitedFor,
  onTasks: list(number),
  call: nullable(number),
  otherEnd: optional(otherUsers),
});

const task = object<WaitingTask>({
  id: number,
  name: text,
  parent: nullable(number),
  serves: nullable(object({ peer: text, call: number })),
  waits: list(wait),
});

const waits = object<WaitsRecord>({
  quietSinceMs: number,
  sources: list(text),
  tasks: list(task),
  tasksLeftOut: number,
  channels: list(
    object<ChannelCount>({ peer: text, state: channelState, sent: number, received: number }),
  ),
});

type Of<K extends JournalBody["kind"]> = Extract<JournalBody, { readonly kind: K }>;

const BODIES: {
  readonly [K in JournalBody["kind"]]: Fields<Omit<Of<K>, "kind">>;
} = {
  "boot": { pid: number },
  "scenario": { facts, remedies: list(text) },
  "refused": { message: text },
  "load-failed": { message: text, file: text, line: nullable(number) },
  "beat": { n: number, maxGapMs: number },
  "actor-spawned": { peer: text, worker: text, module: optional(text) },
  "handshake": { peer: text },
  "teardown-requested": { why: text },
  "teardown-over": {},
  "cancel": { reason: cancelReason },
  "rung": {
    peer: text,
    rung: word("soft-kill", "hard-kill", "abandon", "reap"),
    step: word("asked", "acked", "effect"),
    effect: nullable(text),
  },
  "channel": { peer: text, from: channelState, to: channelState, why: text },
  "actor-dead": { peer: text },
  "orphans": { peer: text, living: list(text) },
  "remedy": { remedy: text, peer: nullable(text), did: text, by: optional(word("operator")) },
  "parked": { task: text, on: text, sinceMs: number },
  "waits": { waits },
  "stirs": {},
  "signal-seen": { signal: text },
  "signal-acted": { signal: text, by: optional(word("sentinel")) },
  "cancel-swallowed": { task: text, times: number, reason: cancelReason, at: nullable(site) },
  "error": { name: text, message: text, where: text },
  "joined": {
    outcome: word("ok", "cancelled", "interrupted", "error"),
    error: nullable(text),
  },
  "note": { text },
  "done": {},
  "orphaned": {},
};

const CHECKS: ReadonlyMap<string, Check<unknown>> = new Map(
  Object.entries(BODIES).map(([kind, fields]) => [kind, object<unknown>(fields)]),
);

/** Whether a value is a record of the journal, with its stamp. */
export function isJournalEvent(value: unknown): value is JournalEvent {
  if (!isObject(value) || !number(value.t) || !text(value.actor) || !text(value.kind)) return false;
  return CHECKS.get(value.kind)?.(value) === true;
}
