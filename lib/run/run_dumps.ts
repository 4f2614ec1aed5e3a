/**
 * The looks that a run takes into its subject, and what was true at the moment of each.
 *
 * Invariants: what is judged later is the look at the hang, not one that was taken after somebody had acted on it; and
 * whether a debugger of somebody else held the subject is read before ours connects.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { Dump } from "../model/dump.ts";
import type { LoopFacts } from "../model/result.ts";
import { type DumpOutcome, tryDump } from "./try_dump.ts";
import { nameIsolates } from "./name_isolates.ts";
import type { RunParts } from "./run_parts.ts";
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
