/**
 * A run that stands: {@linkcode HungRun} on top of a run's parts.
 *
 * Invariant: one thing is done at a time, and nothing once it is over; whoever still asks is told so, and never waits.
 *
 * @module
 */

import { act, type Acted } from "../intervene/act.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { Attempt } from "../model/result.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { HungBecause, HungDecision, HungRun } from "./hung_run.ts";
import type { Prover } from "./prover.ts";
import type { RunParts } from "./run_parts.ts";
import { tenths } from "./tenths.ts";
import type { DumpOutcome } from "./run_dumps.ts";

/** The run behind it. */
export interface OfferedRunHost {
  readonly parts: RunParts;
  readonly prover: Prover;
  readonly reaped: Set<string>;
  readonly actions: readonly ActionReport[];
  /** The last dump. */
  readonly lastDump: DumpOutcome | null;
  look(over: AbortSignal): Promise<DumpOutcome>;
  /** The look at a subject that nobody has looked at yet. */
  firstLook(): Promise<void>;
  judge(): Promise<Attempt>;
  /** Takes in what was done. */
  acted(acted: Acted): void;
}

const OVER = "the run does not stand any more";

/** One stand. */
export class OfferedRun implements HungRun {
  readonly because: HungBecause;
  readonly #host: OfferedRunHost;
  readonly #over = new AbortController();
  readonly #unresponsive: Set<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: OfferedRunHost, because: HungBecause) {
    this.#host = host;
    this.because = because;
    const isolates = host.lastDump?.kind === "taken" ? host.lastDump.dump.isolates : [];
    this.#unresponsive = new Set(
      isolates.flatMap(({ id, state }) => state === "native-blocked" ? [id] : []),
    );
  }

  get name(): string {
    return this.#host.parts.log.facts?.name ?? this.#host.parts.request.name;
  }

  get pid(): number {
    return this.#host.parts.subject.pid;
  }

  get inspectorUrl(): string | null {
    return this.#host.parts.output.wsUrl;
  }

  get dump(): DumpOutcome | null {
    return this.#host.lastDump;
  }

  get actions(): readonly ActionReport[] {
    return this.#host.actions;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  get exited(): Promise<void> {
    return this.#host.parts.subject.exited.then(() => {});
  }

  get joined(): boolean {
    this.#host.parts.watch.look();
    return this.#host.parts.log.joined !== null;
  }

  judge(): Promise<Attempt> {
    this.#host.parts.watch.look();
    return this.#host.judge();
  }

  look(): Promise<DumpOutcome> {
    return this.#next<DumpOutcome>(
      () => this.#host.look(this.#over.signal),
      () => ({ kind: "failed", why: OVER }),
    );
  }

  act(action: Action, boundMs?: number, threadsMs?: number): Promise<ActionReport> {
    const { parts, prover, reaped } = this.#host;
    return this.#next(async () => {
      const { lastDump } = this.#host;
      const all = {
        ...parts,
        prover,
        lastDump,
        reaped,
        unresponsive: this.#unresponsive,
        over: this.#over.signal,
      };
      const acted = await act(all, action, boundMs ?? parts.request.graceMs, threadsMs);
      this.#host.acted(acted);
      return acted.report;
    }, () => tooLate(action));
  }

  /** Ends the stand, and waits for what is being done. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#last;
  }

  #next<T>(work: () => Promise<T>, late: () => T): Promise<T> {
    const job = this.#last.then(() => this.#over.signal.aborted ? late() : work());
    this.#last = job.catch(() => {});
    return job;
  }
}

function tooLate(action: Action): ActionReport {
  return {
    action,
    atMs: 0,
    effect: { kind: "failed", why: OVER },
    tasksLeft: [],
    clocks: { nurseryJoinedMs: null, threadsGoneMs: null, processExitedMs: null },
    unwedged: false,
    watchedMs: 0,
  };
}

/** How often a subject is looked after while its run stands before somebody. */
const LOOK_AFTER_MS = 20;

/** An orderly stop has 3 s in all (CLI.md); what is still being done to the subject then ends with it. */
const ENDING_MS = 1_500;

/**
 * Waits for the decision. Before the deadline the clock of the run stands meanwhile. A stop counts as the decision to end.
 *
 * @throws whatever `onHang` throws
 */
export async function awaitDecision(
  host: OfferedRunHost,
  because: HungBecause,
): Promise<HungDecision> {
  const { onHang, clock, emit, watch, subject, kill, stop } = host.parts;
  if (onHang === null) return { kind: "continue" };
  const goOn = because === "interrupted" ? clock.stand("standing") : () => {};
  const fromMs = epochNow();
  emit({ type: "standing", because });
  const standing = new OfferedRun(host, because);
  // The journal and the logs are looked after while nobody waits for the subject.
  const looking = setInterval(() => watch.look(), LOOK_AFTER_MS);
  try {
    if (because === "interrupted") await host.firstLook();
    const decision = watch.stopAsked ? null : await firstOf(onHang(standing), [stop, kill]);
    const then = decision?.kind ?? "stopped";
    emit({ type: "resumed", then, stoodMs: tenths(epochNow() - fromMs) });
    return decision ?? { kind: "end" };
  } finally {
    if (kill?.aborted) await subject.endGroup();
    await atMost(ENDING_MS, standing.end());
    clearInterval(looking);
    goOn();
  }
}

/** What `asked` answers; null when one of the signals comes first, whatever becomes of the answer then. */
async function firstOf<T>(
  asked: Promise<T>,
  signals: readonly (AbortSignal | null)[],
): Promise<T | null> {
  const stopped = Promise.withResolvers<null>();
  const stop = () => stopped.resolve(null);
  for (const signal of signals) signal?.addEventListener("abort", stop);
  try {
    return await Promise.race([asked, stopped.promise]);
  } finally {
    asked.catch(() => {});
    for (const signal of signals) signal?.removeEventListener("abort", stop);
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const bound = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, bound]);
  clearTimeout(timer);
}
