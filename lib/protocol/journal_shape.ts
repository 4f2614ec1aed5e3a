/**
 * What a record of the journal looks like. A record comes from another process and through a file, so it is checked
 * before anything is made of it. By hand, because schemas would cost every run their loading.
 *
 * @module
 */

import type { JournalBody, JournalEvent, ScenarioFacts } from "./journal_event.ts";
import type { Site } from "./snapshot.ts";
import type { CancelReason, ChannelState, ParkKind } from "./terms.ts";
import type { ChannelCount, WaitingTask, WaitRecord, WaitsRecord } from "./waits.ts";

type Check<T> = (value: unknown) => value is T;
/** A check for every field; the compiler holds each to the type of its field. */
type Fields<T> = { readonly [K in keyof T]-?: Check<T[K]> };

const text: Check<string> = (value) => typeof value === "string";
const number: Check<number> = (value): value is number => Number.isFinite(value);
const flag: Check<boolean> = (value) => typeof value === "boolean";

function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

/** A field that may be absent. */
function optional<T>(check: Check<T>): Check<T> {
  return (value): value is T => value === undefined || check(value);
}

function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

function word<const T extends string>(...words: readonly T[]): Check<T> {
  return (value): value is T => words.some((known) => known === value);
}

function object<T>(fields: Fields<T>): Check<T> {
  const checks: readonly [string, Check<unknown>][] = Object.entries(fields);
  return (value): value is T =>
    isObject(value) && checks.every(([key, check]) => check(value[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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

const reason = object<CancelReason>({
  source: word("deadline", "explicit", "sibling-failure", "keyboard-interrupt", "shutdown"),
  detail: nullable(text),
  scope: text,
  byActor: text,
  atMs: number,
});

const channelState = word<ChannelState>("opening", "open", "closing", "closed", "broken");

const wait = object<WaitRecord>({
  kind: word<ParkKind>(
    ...["sleep", "checkpoint", "event", "recv", "send", "join", "handshake"] as const,
    ...["rpc", "lock", "shared-lock", "thread", "hold"] as const,
  ),
  resource: text,
  peer: nullable(text),
  peerState: nullable(word("alive", "dead", "abandoned")),
  shielded: flag,
  onTasks: list(number),
  otherEnd: optional(object({ ended: flag, outside: flag })),
  call: nullable(number),
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

const site = object<Site>({ fn: nullable(text), file: text, line: number, column: number });

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
  "cancel": { reason },
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
  "cancel-swallowed": { task: text, times: number, reason, at: nullable(site) },
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
