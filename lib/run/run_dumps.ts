/**
 * The dumps that a run takes of its subject, and what was true at the moment of each.
 *
 * Invariants: what is judged later is the dump of the hang, not one that was taken after the operator had acted on it;
 * and whether another debugger held the subject is read before unwedge connects.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { LoopFacts } from "../model/result.ts";
import { readInterference } from "../os/interference.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import type { LiveRun } from "./live_run.ts";
import { tenths } from "./tenths.ts";
import { type DumpOutcome, tryDump } from "./try_dump.ts";

/** A dump of 32 isolates takes well under a second on an idle machine; ten times that on a loaded one. */
const DUMP_BOUND_MS = 15_000;

/** An orderly stop has 3 s in all (`interrupts.ts`); ending the group needs little of it. */
const STOP_DUMP_BOUND_MS = 1_500;
/** What a command does is read from its heap, which takes longer; it is then given less time to end. */
const STOP_COMMAND_BOUND_MS = 2_000;

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
    this.#heldByDebugger = this.#waitsForClient();
    this.#reported = await this.#takeReported(this.#wholeBoundMs, this.#live.settings.sampleGapMs);
  }

  /** The program can write the same words to stderr; so the kernel has to know of a client, where it tells of any. */
  #waitsForClient(): boolean {
    const { process: { pid }, subject: { inspector: { wsUrl, waitsForDebugger } } } = this.#live;
    if (!waitsForDebugger) return false;
    const { seen, clients } = readInterference(pid, wsUrl);
    return !seen || clients.length > 0;
  }

  /** The dump before an orderly stop, so that the partial report says where it stood. */
  async beforeEnd(): Promise<void> {
    const { log, settings, subject, process, operator: { kill } } = this.#live;
    const loading = subject.journal !== null && log.facts === null;
    if (loading || process.exit !== null || kill?.aborted) return;
    const boundMs = subject.command === undefined ? STOP_DUMP_BOUND_MS : STOP_COMMAND_BOUND_MS;
    const gapMs = Math.min(settings.sampleGapMs, boundMs / 4);
    this.#reported = await this.#takeReported(boundMs, gapMs);
  }

  /** The dump for an operator who interrupts the run; reported when no later one is. */
  async onOffer(): Promise<void> {
    this.#reported = await this.#takeReported(this.#wholeBoundMs, this.#live.settings.sampleGapMs);
  }

  /** One more, while the run waits for a decision. */
  again(over: AbortSignal): Promise<DumpOutcome> {
    return this.#take(this.#wholeBoundMs, this.#live.settings.sampleGapMs, over);
  }

  /**
   * The operator asked for it while the run goes on. The clocks stand meanwhile, since it is unwedge that takes the
   * time.
   */
  async onRequest(): Promise<void> {
    const { clock, settings } = this.#live;
    const goOn = clock.stop("deciding");
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
    const takeDump = subject.takeDump?.bind(subject);
    const how = {
      ...{ tools, pid, wsUrl, samples, sampleGapMs, boundMs, kill, emit },
      ...(takeDump === undefined ? {} : { takeDump }),
    };
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

/**
 * Names the isolates that could not say whose they are: one that is stuck in a native call answers nothing. It cannot
 * be asked beforehand either: a subject with its narrow permissions may not read in /proc which thread it is on.
 *
 * Only by elimination: every living actor has one isolate, so when as many actors as isolates are left over, they
 * belong together. Which to which, when they are several, tells the order in which one supervisor started them (V8
 * numbers its workers in that order). When the numbers differ no isolate is named.
 */
export function nameIsolates(dump: Dump, events: readonly JournalEvent[]): Dump {
  // An isolate that was not met has no name either, and may belong to one of those that are left over.
  if (dump.unseen?.some(({ what }) => what === "threads")) return dump;
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
