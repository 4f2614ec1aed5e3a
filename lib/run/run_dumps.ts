/**
 * The looks that a run takes into its subject, and what was true at the moment of each.
 *
 * Invariants: what is judged later is the look at the hang, not one that was taken after somebody had acted on it; and
 * whether a debugger of somebody else held the subject is read before ours connects.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import type { LoopFacts } from "../model/result.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { JournalEvent } from "../protocol/journal_event.ts";
import { dumpTaken, type RunEventBody } from "./run_event.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunTools } from "./run_tools.ts";
import { tenths } from "./tenths.ts";

/** A dump of 32 isolates takes well under a second on an idle machine; ten times that on a loaded one. */
const DUMP_BOUND_MS = 15_000;

/** An orderly stop has 3 s in all (CLI.md); ending the group needs little of it. */
const STOP_DUMP_BOUND_MS = 1_500;

/** The looks of one run. */
export class RunDumps {
  readonly #parts: RunParts;
  #told: DumpOutcome | null = null;
  #latest: DumpOutcome | null = null;
  #loop: LoopFacts | null = null;
  #heldByDebugger = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** The look that the report tells of: at the hang, or the last one before the end. */
  get told(): DumpOutcome | null {
    return this.#told;
  }

  /** The latest of all. */
  get latest(): DumpOutcome | null {
    return this.#latest;
  }

  /** The dump behind {@linkcode told}. */
  get dump(): Dump | null {
    return this.#told?.kind === "taken" ? this.#told.dump : null;
  }

  /** It had come to its end, and waited for an inspector's client that was not ours. */
  get heldByDebugger(): boolean {
    return this.#heldByDebugger;
  }

  /** How the loop stood at the look that is told, or at `atMs` (epoch milliseconds) when there was none. */
  loop(atMs: number): LoopFacts {
    return this.#loop ?? this.#loopFacts(atMs);
  }

  /** The look at a hang. */
  async ofTheHang(): Promise<void> {
    // Before the dump: it connects, and pauses main for a moment.
    this.#heldByDebugger = this.#parts.output.waitsForDebugger;
    this.#told = await this.#tell(this.#wholeBoundMs, this.#parts.request.sampleGapMs);
  }

  /** The look before an orderly stop, so that the partial report says where it stood. */
  async beforeTheEnd(): Promise<void> {
    const { log, request, subject, kill } = this.#parts;
    if (log.facts === null || subject.exit !== null || kill?.aborted) return;
    const gapMs = Math.min(request.sampleGapMs, STOP_DUMP_BOUND_MS / 4);
    this.#told = await this.#tell(STOP_DUMP_BOUND_MS, gapMs);
  }

  /** A look because somebody wants to see it now, before anything was done to it; told when nothing comes later. */
  async forAPerson(): Promise<void> {
    this.#told = await this.#tell(this.#wholeBoundMs, this.#parts.request.sampleGapMs);
  }

  /** One more, for whoever the run stands before. */
  again(over: AbortSignal): Promise<DumpOutcome> {
    return this.#look(this.#wholeBoundMs, this.#parts.request.sampleGapMs, over);
  }

  /** Dumps and goes on. The clocks stand meanwhile, since it is our doing. */
  async byTheWay(): Promise<void> {
    const { clock, request } = this.#parts;
    const goOn = clock.stand("standing");
    try {
      await this.#look(this.#wholeBoundMs, request.sampleGapMs);
    } finally {
      goOn();
    }
  }

  get #wholeBoundMs(): number {
    const { samples, sampleGapMs } = this.#parts.request;
    return DUMP_BOUND_MS + samples * sampleGapMs;
  }

  #tell(boundMs: number, sampleGapMs: number): Promise<DumpOutcome> {
    this.#loop = this.#loopFacts(epochNow());
    return this.#look(boundMs, sampleGapMs);
  }

  async #look(boundMs: number, sampleGapMs: number, cut?: AbortSignal): Promise<DumpOutcome> {
    const { tools, subject, output, request, emit, log, pause, kill } = this.#parts;
    const [{ pid }, { wsUrl }, { samples }] = [subject, output, request];
    const look = { tools, pid, wsUrl, samples, sampleGapMs, boundMs, kill, emit };
    const outcome = await pause.whileRunning(() =>
      tryDump(cut === undefined ? look : { ...look, cut })
    );
    this.#latest = outcome.kind === "taken"
      ? { ...outcome, dump: nameIsolates(outcome.dump, log.events) }
      : outcome;
    return this.#latest;
  }

  #loopFacts(atMs: number): LoopFacts {
    const { log, clock } = this.#parts;
    const { count, lastAt, maxGapMs } = log.beats;
    const lastBeatMs = lastAt === null ? null : tenths(Math.max(0, clock.ran(lastAt, atMs)));
    return { beats: count, lastBeatMs, maxGapMs };
  }
}

/** A dump, or why there is none. */
export type DumpOutcome =
  | { readonly kind: "taken"; readonly dump: Dump }
  | { readonly kind: "failed"; readonly why: string };

/** What to look at, how long at most. */
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

/** Takes a dump within its bound. */
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

/** The dump with the names that follow from the journal. */
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
