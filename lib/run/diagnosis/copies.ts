/**
 * The copies of one hang: which are begun, for what, and what came of each.
 *
 * Invariant: every candidate is among the trials, with what came of it or why it was not tried; and nothing was tried on
 * a copy that something else had changed before.
 *
 * @module
 */

import {
  candidatesOf,
  type TrialCandidate,
  worthReaping,
} from "../../diagnose/cause/candidates.ts";
import { difference, type HangMark, markOf } from "../../diagnose/cause/same_hang.ts";
import type { RunOutcome } from "../run_request.ts";
import type { Trial } from "../../model/diagnosis.ts";
import type { Attempt } from "../../model/result.ts";
import { schedule } from "../schedule.ts";
import type { Budget } from "./budget.ts";
import type { Clues } from "./clues.ts";
import type { DiagnoseParts } from "./engine.ts";
import { type ReplicaOutcome, tryOn } from "./replica.ts";

/** How many starts, and how many subjects that spin, do not yet disturb each other. */
const CORES = Math.max(1, navigator.hardwareConcurrency);

/** A main that drowns in work was seen to take up to 5 s until it took in that its channels were aborted. */
const BUSY_GRACES = 4;

/** A copy that came to another hang is replaced, so often. */
const RETRIES = 1;

/** Looks at the stacks of a copy are there to recognise it, not to be read. */
const REPLICA_SAMPLE_GAP_MS = 100;

/** What a copy is begun for; it never spins as far as the schedule is concerned, which would allow one at a time. */
interface Copy {
  readonly own: TrialCandidate | null;
  readonly spins: false;
  readonly expectedMs: number;
}

/** Begins them, and keeps what was tried. */
export class Copies {
  readonly #parts: DiagnoseParts;
  readonly #clues: Clues;
  readonly #candidates: readonly TrialCandidate[];
  readonly #queue: TrialCandidate[];
  readonly #trials: { readonly trial: Trial; readonly mark: HangMark | null }[] = [];
  readonly #first: HangMark | null;
  readonly #reapFollows: boolean;
  readonly #budget: Budget;
  #outOfTime = false;
  count = 0;

  constructor(parts: DiagnoseParts, clues: Clues, budget: Budget) {
    const { dump, joined } = clues;
    this.#parts = parts;
    this.#clues = clues;
    this.#budget = budget;
    this.#first = dump === null ? null : markOf(dump, joined, null);
    this.#reapFollows = dump === null || worthReaping(dump, joined);
    this.#candidates = candidatesOf(clues, !parts.request.sigintProbe);
    this.#queue = this.#candidates.filter(({ likely }) => !likely);
  }

  async run(): Promise<this> {
    const likely = this.#candidates.filter((each) => each.likely);
    // Where nothing is likely, one copy is enough for all of it.
    const tasks = (likely.length > 0 ? likely : [null]).map((own): Copy => ({
      own,
      spins: false,
      expectedMs: 0,
    }));
    await schedule({
      tasks,
      jobs: this.#jobs,
      starts: CORES,
      spinners: 1,
      enough: () => this.#enough(),
      run: (copy, started) => this.#carryOut(copy, started),
    });
    if (this.#queue.length > 0) await this.#carryOut(IDLE, () => {});
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

  /** What spins takes a core for each thread; more of them than cores at once, and they only wait for each other. */
  get #jobs(): number {
    const { jobs } = this.#parts;
    if (!this.#clues.spins) return jobs;
    const isolates = this.#clues.dump?.isolates ?? [];
    const threads = isolates.filter(({ state, thread }) =>
      state === "busy" && thread?.state === "R"
    );
    return Math.min(jobs, Math.max(1, Math.floor(CORES / Math.max(1, threads.length))));
  }

  /** A main that is at work takes in what was done only when it comes to it. */
  get #boundMs(): number {
    const { graceMs } = this.#parts.request;
    const main = this.#clues.dump?.isolates.find(({ kind }) => kind === "main");
    return main?.state === "busy" ? BUSY_GRACES * graceMs : graceMs;
  }

  /** Whether no other copy is to be begun. */
  #enough(): boolean {
    if (this.#stopped) return true;
    this.#outOfTime ||= this.#helped && !this.#budget.hasTime;
    return this.#outOfTime;
  }

  get #helped(): boolean {
    const { joined } = this.#clues;
    return this.#trials.some(({ trial: { outcome } }) =>
      outcome.kind === "applied" &&
      (joined ? outcome.clocks.processExitedMs : outcome.clocks.nurseryJoinedMs) !== null
    );
  }

  get #stopped(): boolean {
    return this.#parts.watch.stop?.aborted ?? false;
  }

  /** Runs a copy, and others in its place as long as it is used up by something else, or is no copy. */
  async #carryOut({ own }: Copy, started: () => void): Promise<void> {
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
    const { request, run, watch, makeDir, onReplica, onTrial } = this.#parts;
    this.count++;
    const tell = onReplica(where);
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
        tell(event);
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

  /** Nothing can be said of what the copy was for. */
  #giveUp(own: TrialCandidate | null, where: string, why: string): void {
    for (const { name, action } of own === null ? this.#queue.splice(0) : [own]) {
      const trial: Trial = { name, actions: [action], where, outcome: { kind: "void", why } };
      this.#trials.push({ trial, mark: null });
      this.#parts.onTrial(trial);
    }
  }
}

const IDLE: Copy = { own: null, spins: false, expectedMs: 0 };

/** Named for what it is for, as far as that makes a file name. */
function dirOf(own: TrialCandidate | null, tries: number): string {
  const name = own === null ? "others" : own.name.replace(/[^\w.-]+/g, "-").replace(/-+$/, "");
  return `replicas/${name}${tries === 1 ? "" : `-${tries}`}`;
}

function notHung(ran: RunOutcome): string {
  if (ran.kind !== "judged") return `it could not be judged: ${ran.message}`;
  return `it did not hang, it ${ran.attempt.verdict}`;
}
