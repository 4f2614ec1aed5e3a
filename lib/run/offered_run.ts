/**
 * Offers a run to the operator ({@linkcode HungRun}), and waits for the decision how it goes on.
 *
 * Invariant: one thing is done at a time, and nothing once the offer is over; a call that comes later is answered so,
 * and never waits. `onHang` is never waited for once the operator has asked for a stop, and when `awaitDecision`
 * returns nothing is being done to the subject any more.
 *
 * @module
 */

import { act } from "./act.ts";
import type { Action, ActionReport } from "../model/action.ts";
import type { Attempt } from "../model/result.ts";
import { epochNow } from "../protocol/epoch.ts";
import type { HungBecause, HungDecision, HungRun } from "./hung_run.ts";
import type { Prover } from "./prover.ts";
import type { Interventions } from "./interventions.ts";
import type { LiveRun } from "./live_run.ts";
import { tenths } from "./tenths.ts";
import type { RunDumps } from "./run_dumps.ts";
import type { DumpOutcome } from "./try_dump.ts";

/** The run behind the offer. */
export interface Offered {
  readonly live: LiveRun;
  readonly prover: Prover;
  readonly dumps: RunDumps;
  readonly interventions: Interventions;
  /** What would be judged if the run ended now. */
  judge(): Promise<Attempt>;
}

const OVER = "the run does not wait for a decision any more";

/** One offer. */
export class OfferedRun implements HungRun {
  readonly because: HungBecause;
  readonly #offered: Offered;
  readonly #over = new AbortController();
  readonly #unresponsive: Set<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(offered: Offered, because: HungBecause) {
    this.#offered = offered;
    this.because = because;
    const { latest } = offered.dumps;
    const isolates = latest?.kind === "taken" ? latest.dump.isolates : [];
    this.#unresponsive = new Set(
      isolates.flatMap(({ id, state }) => state === "native-blocked" ? [id] : []),
    );
  }

  get name(): string {
    return this.#offered.live.log.facts?.name ?? this.#offered.live.subject.name;
  }

  get pid(): number {
    return this.#offered.live.process.pid;
  }

  get isCommand(): boolean {
    return this.#offered.live.subject.command !== undefined;
  }

  get inspectorUrl(): string | null {
    const { subject } = this.#offered.live;
    if (subject.inspectorOf === undefined) return subject.inspector.wsUrl;
    const { latest } = this.#offered.dumps;
    return latest?.kind === "taken" ? subject.inspectorOf(latest.dump.pid ?? this.pid) : null;
  }

  get dump(): DumpOutcome | null {
    return this.#offered.dumps.latest;
  }

  get actions(): readonly ActionReport[] {
    return this.#offered.interventions.actions;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  get exited(): Promise<void> {
    return this.#offered.live.process.exited.then(() => {});
  }

  get joined(): boolean {
    this.#offered.live.watch.look();
    return this.#offered.live.log.joined !== null;
  }

  judge(): Promise<Attempt> {
    this.#offered.live.watch.look();
    return this.#offered.judge();
  }

  takeDump(): Promise<DumpOutcome> {
    return this.#next<DumpOutcome>(
      () => this.#offered.dumps.again(this.#over.signal),
      () => ({ kind: "failed", why: OVER }),
    );
  }

  act(action: Action, boundMs?: number, threadsMs?: number): Promise<ActionReport> {
    const { live, prover, dumps, interventions } = this.#offered;
    return this.#next(async () => {
      const target = {
        live,
        prover,
        lastDump: dumps.latest,
        reaped: interventions.reaped,
        unresponsive: this.#unresponsive,
        over: this.#over.signal,
      };
      const acted = await act(target, action, boundMs ?? live.settings.graceMs, threadsMs);
      interventions.add(acted);
      return acted.report;
    }, () => tooLate(action));
  }

  /** Ends the offer, and waits for what is being done. */
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

/** How often the journal and the logs are read while the run waits for a decision. */
const LOOK_AFTER_MS = 20;

/** An orderly stop has 3 s in all (`interrupts.ts`); what is still being done to the subject then ends with it. */
const ENDING_MS = 1_500;

/**
 * Waits for the decision. When the operator interrupted the run, its clock is stopped meanwhile. A stop counts as the
 * decision to end.
 *
 * @throws whatever `onHang` throws
 */
export async function awaitDecision(
  offered: Offered,
  because: HungBecause,
): Promise<HungDecision> {
  const { clock, events: { emit }, watch, process } = offered.live;
  const { onHang, stop, kill } = offered.live.operator;
  if (onHang === null) return { kind: "continue" };
  const goOn = because === "interrupted" ? clock.stop("deciding") : () => {};
  const fromMs = epochNow();
  emit({ type: "standing", because });
  const run = new OfferedRun(offered, because);
  const looking = setInterval(() => watch.look(), LOOK_AFTER_MS);
  try {
    if (because === "interrupted") await offered.dumps.onOffer();
    const decision = watch.stopAsked ? null : await firstOf(onHang(run), [stop, kill]);
    const then = decision?.kind ?? "stopped";
    emit({ type: "resumed", then, stoodMs: tenths(epochNow() - fromMs) });
    return decision ?? { kind: "end" };
  } finally {
    if (kill?.aborted) await process.endGroup();
    await atMost(ENDING_MS, run.end());
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
