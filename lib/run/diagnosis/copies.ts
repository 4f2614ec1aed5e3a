/**
 * The copies of one hang: which are begun, for what, and what came of each.
 *
 * Invariant: every candidate is among the trials, with what came of it or why it was not tried; and nothing was tried
 * on a copy that something else had changed before.
 *
 * @module
 */

import {
  candidatesOf,
  type TrialCandidate,
  worthReaping,
} from "../../diagnose/cause/candidates.ts";
import { difference, type HangMark, markOf } from "../../diagnose/cause/chain.ts";
import type { RunEvent } from "../run_event.ts";
import type { RunOutcome, RunRequest, WatchOptions } from "../run_request.ts";
import type { Trial } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import { schedule } from "../schedule.ts";
import type { FirstRun } from "./first_run.ts";
import { type ReplicaOutcome, tryOn } from "./replica.ts";

/** What a diagnosis works with. */
export interface DiagnosisOptions {
  /** The first run. */
  readonly request: RunRequest;
  /** Carries out a run: `runScenario`, or a stand-in for it. */
  readonly run: (request: RunRequest, options: WatchOptions) => Promise<RunOutcome>;
  /** Stops, kills, tools: for the first run and every copy. */
  readonly watch: Omit<WatchOptions, "onEvent" | "onHang">;
  /** How many copies run at the same time, at most. */
  readonly jobs: number;
  /** Makes the directory of a copy below the run's; returns its path. */
  readonly makeDir: (dir: string) => string;
  readonly onEvent: (event: RunEvent) => void;
  /** A copy is begun in this directory; what it returns takes the events of that copy. */
  readonly onReplica: (dir: string) => (event: RunEvent) => void;
  readonly onTrial: (trial: Trial) => void;
  /** A clock in milliseconds that never goes back; another one only in tests. */
  readonly now?: () => number;
}

/** How many starts, and how many subjects that spin, do not yet disturb each other. */
const CORES = Math.max(1, navigator.hardwareConcurrency);

/** A main that drowns in work was seen to take up to 5 s until it took in that its channels were aborted. */
const BUSY_GRACES = 4;

/** A copy that came to another hang is replaced, so often. */
const RETRIES = 1;

/** The stacks of a copy serve to recognise it; people do not read them. */
const REPLICA_SAMPLE_GAP_MS = 100;

/** Begins the copies, and keeps what was tried on each. */
export class Copies {
  readonly #options: DiagnosisOptions;
  readonly #firstRun: FirstRun;
  readonly #candidates: readonly TrialCandidate[];
  readonly #queue: TrialCandidate[];
  readonly #trials: { readonly trial: Trial; readonly mark: HangMark | null }[] = [];
  readonly #first: HangMark | null;
  readonly #reapFollows: boolean;
  readonly #budget: Budget;
  #outOfTime = false;
  count = 0;

  constructor(options: DiagnosisOptions, firstRun: FirstRun, budget: Budget) {
    const { dump, joined } = firstRun;
    this.#options = options;
    this.#firstRun = firstRun;
    this.#budget = budget;
    this.#first = dump === null ? null : markOf(dump, joined, null);
    this.#reapFollows = dump === null || worthReaping(dump, joined);
    this.#candidates = candidatesOf(firstRun, !options.request.sigintProbe);
    this.#queue = this.#candidates.filter(({ likely }) => !likely);
  }

  async run(): Promise<this> {
    const likely = this.#candidates.filter((each) => each.likely);
    // Where nothing is likely, one copy is enough for all of it.
    const owns = likely.length > 0 ? likely : [null];
    await schedule({
      // No copy counts as a spinner: the schedule would run one at a time, and `#jobs` bounds them already.
      tasks: owns.map((own) => ({ own, spins: false, expectedMs: 0 })),
      jobs: this.#jobs,
      starts: CORES,
      spinners: 1,
      enough: () => this.#enough(),
      run: ({ own }, started) => this.#carryOut(own, started),
    });
    if (this.#queue.length > 0) await this.#carryOut(null, () => {});
    return this;
  }

  /** What was tried; what the first run turned out to be decides which copies count. */
  trials({ class: className }: Attempt): Trial[] {
    const first = this.#first === null ? null : { ...this.#first, class: className };
    const judged = this.#trials.map(({ trial, mark }): Trial => {
      const why = first === null || mark === null ? null : difference(first, mark);
      return why === null ? trial : { ...trial, outcome: { kind: "void", why } };
    });
    return this.#candidates.flatMap(({ name, action }) => {
      const mine = judged.filter(({ actions: [first] }) => first === action);
      if (mine.length > 0) return mine;
      const why = this.#outOfTime
        ? "smaller ones had helped, and the time of three runs was up"
        : "the diagnosis was stopped";
      return [{ name, actions: [action], where: ".", outcome: { kind: "not-tried", why } }];
    });
  }

  /** Each spinning thread takes a core: with more of them than cores, copies would only wait for one another. */
  get #jobs(): number {
    const { jobs } = this.#options;
    if (!this.#firstRun.spins) return jobs;
    const isolates = this.#firstRun.dump?.isolates ?? [];
    const threads = isolates.filter(({ state, thread }) =>
      state === "busy" && thread?.state === "R"
    );
    return Math.min(jobs, Math.max(1, Math.floor(CORES / Math.max(1, threads.length))));
  }

  /** A main that is at work notices an action only when its loop gets there. */
  get #boundMs(): number {
    const { graceMs } = this.#options.request;
    const main = this.#firstRun.dump?.isolates.find(({ kind }) => kind === "main");
    return main?.state === "busy" ? BUSY_GRACES * graceMs : graceMs;
  }

  /** Whether no other copy is to be begun. */
  #enough(): boolean {
    if (this.#stopped) return true;
    this.#outOfTime ||= this.#helped && !this.#budget.hasTime;
    return this.#outOfTime;
  }

  get #helped(): boolean {
    const { joined } = this.#firstRun;
    return this.#trials.some(({ trial: { outcome } }) =>
      outcome.kind === "applied" &&
      (joined ? outcome.clocks.processExitedMs : outcome.clocks.nurseryJoinedMs) !== null
    );
  }

  get #stopped(): boolean {
    return this.#options.watch.stop?.aborted ?? false;
  }

  /** Runs a copy for `own`, and another one each time something else used it up or it came to another hang. */
  async #carryOut(own: TrialCandidate | null, started: () => void): Promise<void> {
    for (let tries = 1, voids = 0; !this.#enough(); tries++) {
      const where = dirOf(own, tries);
      const fromMs = this.#budget.elapsedMs;
      const outcome = await this.#runOne(own, where, started);
      this.#budget.copyDone(this.#budget.elapsedMs - fromMs);
      if (outcome.kind === "tried") {
        for (const trial of outcome.trials) this.#trials.push({ trial, mark: outcome.mark });
        if (outcome.ownTried) return;
      } else if (voids++ === RETRIES) {
        return this.#giveUp(own, where, outcome.why);
      }
      if (own === null && this.#queue.length === 0) return;
    }
  }

  async #runOne(
    own: TrialCandidate | null,
    where: string,
    started: () => void,
  ): Promise<ReplicaOutcome> {
    const { request, run, watch, makeDir, onReplica, onTrial } = this.#options;
    this.count++;
    const takeEvent = onReplica(where);
    let outcome = null as ReplicaOutcome | null;
    const ran = await run({
      ...request,
      runDir: makeDir(where),
      sigintProbe: false,
      // A copy that is proven to hang hangs like the first run, however long that one was watched.
      awaitDeadline: false,
      samples: 2,
      sampleGapMs: Math.min(request.sampleGapMs, REPLICA_SAMPLE_GAP_MS),
    }, {
      ...watch,
      onEvent(event) {
        if (event.type === "teardown-requested" || event.type === "scenario-loaded") started();
        takeEvent(event);
      },
      onHang: async (hung) => {
        outcome = await tryOn(hung, {
          own,
          queue: this.#queue,
          differs: (mark) => this.#first === null ? null : difference(this.#first, mark),
          reapFollows: this.#reapFollows,
          boundMs: this.#boundMs,
          where,
          onTrial,
        });
        return { kind: "end" };
      },
    });
    return outcome ?? { kind: "other-hang", why: notHung(ran) };
  }

  /** Records that nothing can be said about what the copy was for. */
  #giveUp(own: TrialCandidate | null, where: string, why: string): void {
    for (const { name, action } of own === null ? this.#queue.splice(0) : [own]) {
      const trial: Trial = { name, actions: [action], where, outcome: { kind: "void", why } };
      this.#trials.push({ trial, mark: null });
      this.#options.onTrial(trial);
    }
  }
}

/** Named for what it is for, as far as that makes a file name. */
function dirOf(own: TrialCandidate | null, tries: number): string {
  const name = own === null ? "others" : own.name.replace(/[^\w.-]+/g, "-").replace(/-+$/, "");
  return `replicas/${name}${tries === 1 ? "" : `-${tries}`}`;
}

function notHung(ran: RunOutcome): string {
  if (ran.kind !== "judged") return `it could not be judged: ${ran.message}`;
  return `it did not hang, it ${ran.attempt.verdict}`;
}

/** Below three, because the first run is a little slower than one alone: copies run beside it. */
const FIRST_RUNS = 2.7;

/**
 * The time that a diagnosis may take: about three times a single run. It is asked only when the smallest things have
 * been tried and one of them has helped; what is left then would tell what else works, not what the cause is.
 */
export class Budget {
  readonly #now: () => number;
  readonly #startMs: number;
  #firstMs: number | null = null;
  #longestMs = 0;

  /** @param now a clock in milliseconds that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startMs = now();
  }

  /** Since the diagnosis began. */
  get elapsedMs(): number {
    return this.#now() - this.#startMs;
  }

  /** The first run is over. */
  firstDone(): void {
    this.#firstMs = this.elapsedMs;
  }

  /** A copy is over that took so long. */
  copyDone(ms: number): void {
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** Whether there is time for another copy, if it takes as long as the longest so far. */
  get hasTime(): boolean {
    if (this.#firstMs === null) return true;
    return this.elapsedMs + this.#longestMs <= FIRST_RUNS * this.#firstMs;
  }
}
