/**
 * The dumps that a run takes of its subject, and what was true at the moment of each.
 *
 * Invariants: what is judged later is the dump of the hang, not one that was taken after the operator had acted on it;
 * whether another debugger held the subject is read before unwedge connects; and a dump that fails, or does not come
 * back, is a sentence in the report and never a harness that hangs beside the subject it was meant to explain.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { LoopFacts } from "../model/result.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import { dumpTaken, type RunEventBody } from "./run_event.ts";
import type { LiveRun } from "./live_run.ts";
import type { RunTools } from "./run_tools.ts";
import { tenths } from "./tenths.ts";

/** A dump of 32 isolates takes well under a second on an idle machine; ten times that on a loaded one. */
const DUMP_BOUND_MS = 15_000;

/** An orderly stop has 3 s in all (CLI.md); ending the group needs little of it. */
const STOP_DUMP_BOUND_MS = 1_500;

/** The dumps of one run. */
export class RunDumps {
  readonly #live: LiveRun;
  #reported: DumpOutcome | null = null;
  #latest: DumpOutcome | null = null;
  #loop: LoopFacts | null = null;
  #heldByDebugger = false;

  constructor(live: LiveRun) {
    this.#live = live;
  }

  /** The dump that the report shows: of the hang, or the last one before the end. */
  get reported(): DumpOutcome | null {
    return this.#reported;
  }

  /** The latest of all. */
  get latest(): DumpOutcome | null {
    return this.#latest;
  }

  /** The dump behind {@linkcode reported}. */
  get dump(): Dump | null {
    return this.#reported?.kind === "taken" ? this.#reported.dump : null;
  }

  /** It had come to its end, and waited for a client of its inspector that was not unwedge. */
  get heldByDebugger(): boolean {
    return this.#heldByDebugger;
  }

  /** How the loop stood at the dump that is reported, or at `atMs` (epoch milliseconds) when there was none. */
  loop(atMs: number): LoopFacts {
    return this.#loop ?? this.#loopFacts(atMs);
  }

  /** The dump of a hang. */
  async atHang(): Promise<void> {
    // Before the dump: it connects, and pauses main for a moment.
    this.#heldByDebugger = this.#live.subject.inspector.waitsForDebugger;
    this.#reported = await this.#takeReported(this.#wholeBoundMs, this.#live.settings.sampleGapMs);
  }

  /** The dump before an orderly stop, so that the partial report says where it stood. */
  async beforeEnd(): Promise<void> {
    const { log, settings, subject, process, operator: { kill } } = this.#live;
    const loading = subject.journal !== null && log.facts === null;
    if (loading || process.exit !== null || kill?.aborted) return;
    const gapMs = Math.min(settings.sampleGapMs, STOP_DUMP_BOUND_MS / 4);
    this.#reported = await this.#takeReported(STOP_DUMP_BOUND_MS, gapMs);
  }

  /** The dump for an operator who interrupts the run; reported when no later one is. */
  async onOffer(): Promise<void> {
    this.#reported = await this.#takeReported(this.#wholeBoundMs, this.#live.settings.sampleGapMs);
  }

  /** One more, while the run waits for a decision. */
  again(over: AbortSignal): Promise<DumpOutcome> {
    return this.#take(this.#wholeBoundMs, this.#live.settings.sampleGapMs, over);
  }

  /** The operator asked for it while the run goes on. The clocks stand meanwhile, since it is unwedge that takes the time. */
  async onRequest(): Promise<void> {
    const { clock, settings } = this.#live;
    const goOn = clock.stand("standing");
    try {
      await this.#take(this.#wholeBoundMs, settings.sampleGapMs);
    } finally {
      goOn();
    }
  }

  get #wholeBoundMs(): number {
    const { samples, sampleGapMs } = this.#live.settings;
    return DUMP_BOUND_MS + samples * sampleGapMs;
  }

  #takeReported(boundMs: number, sampleGapMs: number): Promise<DumpOutcome> {
    this.#loop = this.#loopFacts(epochNow());
    return this.#take(boundMs, sampleGapMs);
  }

  async #take(boundMs: number, sampleGapMs: number, cut?: AbortSignal): Promise<DumpOutcome> {
    const { tools, subject, process: { pid }, log, pause } = this.#live;
    const { settings: { samples }, events: { emit }, operator: { kill } } = this.#live;
    const { wsUrl } = subject.inspector;
    const how = { tools, pid, wsUrl, samples, sampleGapMs, boundMs, kill, emit };
    const outcome = await pause.whileRunning(() =>
      tryDump(cut === undefined ? how : { ...how, cut })
    );
    this.#latest = outcome.kind === "taken"
      ? { ...outcome, dump: nameIsolates(outcome.dump, log.events) }
      : outcome;
    return this.#latest;
  }

  #loopFacts(atMs: number): LoopFacts {
    const { log, clock } = this.#live;
    const { count, lastAt, maxGapMs } = log.beats;
    const lastBeatMs = lastAt === null ? null : tenths(Math.max(0, clock.ran(lastAt, atMs)));
    return { beats: count, lastBeatMs, maxGapMs };
  }
}

/** A dump, or why there is none. */
export type DumpOutcome =
  | { readonly kind: "taken"; readonly dump: Dump }
  | { readonly kind: "failed"; readonly why: string };

/** What to dump, and for how long at most. */
export interface DumpRequest {
  readonly tools: RunTools;
  readonly pid: number;
  /** Null when the subject never said where its inspector listens. */
  readonly wsUrl: string | null;
  readonly samples: number;
  readonly sampleGapMs: number;
  /** After this the dump is cut short; {@linkcode SLACK_MS} later it is given up. */
  readonly boundMs: number;
  /** Cuts it short: what is known by then is the dump, and the subject is left as it was found. */
  readonly cut?: AbortSignal;
  /** Gives it up at once. */
  readonly kill: AbortSignal | null;
  readonly emit: (event: RunEventBody) => void;
}

/** How long a dump that has been cut short gets to hand over what it has. */
const SLACK_MS = 1_000;

/** Takes a dump within its bound, whatever `takeDump` does. */
export async function tryDump(request: DumpRequest): Promise<DumpOutcome> {
  const { emit } = request;
  emit({ type: "dump-started" });
  const outcome = await attempt(request);
  if (outcome.kind === "taken") emit(dumpTaken(outcome.dump));
  else emit({ type: "dump-failed", why: outcome.why });
  return outcome;
}

async function attempt(request: DumpRequest): Promise<DumpOutcome> {
  const { tools, pid, wsUrl, samples, sampleGapMs, boundMs, kill, cut: cutShort } = request;
  if (wsUrl === null) return { kind: "failed", why: "the subject's inspector never came up" };
  const short = new AbortController();
  const late = Promise.withResolvers<DumpOutcome>();
  const giveUp = (why: string) => late.resolve({ kind: "failed", why });
  const onKill = () => {
    short.abort();
    giveUp("the run was ended before the dump was taken");
  };
  const cut = setTimeout(() => short.abort(), boundMs);
  const lost = setTimeout(
    () => giveUp(`the dump did not come back within ${boundMs + SLACK_MS} ms`),
    boundMs + SLACK_MS,
  );
  const onCut = () => short.abort();
  cutShort?.addEventListener("abort", onCut);
  if (cutShort?.aborted) onCut();
  kill?.addEventListener("abort", onKill);
  if (kill?.aborted) onKill();
  try {
    const dump = tools.takeDump({ pid, wsUrl, samples, sampleGapMs, signal: short.signal })
      .then((dump): DumpOutcome => ({ kind: "taken", dump }), failed);
    return await Promise.race([dump, late.promise]);
  } finally {
    clearTimeout(cut);
    clearTimeout(lost);
    kill?.removeEventListener("abort", onKill);
    cutShort?.removeEventListener("abort", onCut);
  }
}

function failed(error: unknown): DumpOutcome {
  return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
}

/**
 * Names the isolates that could not say whose they are: one that is stuck in a native call answers nothing. It cannot be
 * asked beforehand either: a subject with its narrow permissions may not read in /proc which thread it is on.
 *
 * Only by elimination: every living actor has one isolate, so when as many actors as isolates are left over, they belong
 * together. Which to which, when they are several, tells the order in which one supervisor started them (V8 numbers its
 * workers in that order). When the numbers differ no isolate is named.
 */
export function nameIsolates(dump: Dump, events: readonly JournalEvent[]): Dump {
  const unnamed = dump.isolates.filter(({ kind, actor, state }) =>
    kind === "worker" && actor === null && state !== "gone"
  ).map(({ id }) => id).sort((a, b) => numberOf(a) - numberOf(b));
  const named = new Set(dump.isolates.map(({ actor }) => actor));
  const left = livingActors(events).filter((path) => !named.has(path));
  const supervisors = new Set(left.map((path) => path.slice(0, path.lastIndexOf("/"))));
  if (left.length !== unnamed.length || supervisors.size !== 1) return dump;
  const isolates = dump.isolates.map((isolate) => {
    const n = unnamed.indexOf(isolate.id);
    return n < 0 ? isolate : { ...isolate, actor: left[n] ?? null };
  });
  return { ...dump, isolates };
}

/** Actors that were started and are not proven dead, in the order in which they were started. */
function livingActors(events: readonly JournalEvent[]): string[] {
  const living: string[] = [];
  for (const event of events) {
    if (event.kind === "actor-spawned") living.push(event.peer);
    // Paths are taken again only after a death, so there is at most one of a name.
    if (event.kind === "actor-dead") living.splice(living.indexOf(event.peer) >>> 0, 1);
  }
  return living;
}

function numberOf(isolate: string): number {
  return Number(isolate.slice(isolate.lastIndexOf("-") + 1));
}
