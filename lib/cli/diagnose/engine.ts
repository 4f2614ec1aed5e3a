/**
 * A diagnosis: one run to the hang, then copies of it on which the candidates are tried, then the conclusion. Prints
 * nothing; `diagnose` and `smoke --diagnose` both use it.
 *
 * The copies are begun as soon as the first run has been looked into, while it still tries Ctrl-C: what they are for
 * does not depend on that, and whether they are copies of the same hang is judged at the end.
 *
 * Invariant: every candidate is in the report, with what came of it or why it was not tried.
 *
 * @module
 */

import { type Candidate, candidatesOf, worthReaping } from "../../diagnose/cause/candidates.ts";
import { conclude } from "../../diagnose/cause/conclude.ts";
import { difference, type HangMark, markOf } from "../../diagnose/cause/same_hang.ts";
import type { RunEvent } from "../../harness/run_event.ts";
import type { RunOptions, RunOutcome, RunRequest } from "../../harness/run_request.ts";
import type { Trial } from "../../report/diagnosis.ts";
import type { Attempt, Dump } from "../../report/result.ts";
import { schedule } from "../suite/schedule.ts";
import { type ReplicaOutcome, tryOn } from "./replica.ts";
import { sigintTrial } from "./sigint_trial.ts";

/** What a diagnosis works with. */
export interface DiagnoseParts {
  /** The first run. */
  readonly request: RunRequest;
  /** Runs one: `runScenario`, or a stand-in for it. */
  readonly run: (request: RunRequest, options: RunOptions) => Promise<RunOutcome>;
  /** Stops, kills, tools: for the first run and every copy. */
  readonly watch: Omit<RunOptions, "onEvent" | "onHang">;
  /** How many copies run at the same time, at most. */
  readonly jobs: number;
  /** Makes the directory of a copy below the run's; returns its path. */
  readonly makeDir: (dir: string) => string;
  readonly onEvent: (event: RunEvent) => void;
  /** A copy is begun; it gets the number of its attempt and takes its events. */
  readonly onReplica: (dir: string) => (event: RunEvent) => void;
  readonly onTrial: (trial: Trial) => void;
}

/** How many starts, and how many subjects that spin, do not yet disturb each other. */
const CORES = Math.max(1, navigator.hardwareConcurrency);

/** A copy that came to another hang is replaced, so often. */
const RETRIES = 1;

/** Looks at the stacks of a copy are there to recognise it, not to be read. */
const REPLICA_SAMPLE_GAP_MS = 100;

/** Runs, tries, concludes. The attempt of the outcome carries the diagnosis when it hung or leaked. */
export async function diagnose(parts: DiagnoseParts): Promise<RunOutcome> {
  const { request, run, watch } = parts;
  const startMs = performance.now();
  const clues = new Clues();
  let copies = null as Promise<Copies> | null;
  const outcome = await run(request, {
    ...watch,
    onEvent(event) {
      clues.take(event);
      if (clues.hangs && copies === null) {
        copies = new Copies(parts, clues).run();
        // Awaited below, when the first run is over.
        copies.catch(() => {});
      }
      parts.onEvent(event);
    },
  });
  const tried = await copies;
  if (outcome.kind !== "judged" || tried === null) return outcome;
  const { attempt } = outcome;
  if (attempt.verdict !== "hung" && attempt.verdict !== "leaked") return outcome;
  const trials = [...sigintTrial(attempt, request, clues.sinceSigint), ...tried.trials(attempt)];
  const wallMs = Math.round(performance.now() - startMs);
  const diagnosis = conclude(attempt, trials, { replicas: tried.count, wallMs });
  return { ...outcome, attempt: { ...attempt, diagnosis } };
}

/** What the events of the first run tell before it is judged. */
class Clues {
  /** Set once it has been looked into after a deadline or a proof. */
  hangs = false;
  joined = false;
  dump: Dump | null = null;
  spins = false;
  /** Clocks that stopped after SIGINT was sent: milliseconds since. */
  readonly sinceSigint: { threadsGoneMs: number | null; processExitedMs: number | null } = {
    threadsGoneMs: null,
    processExitedMs: null,
  };
  #overdue = false;
  #sentAt: number | null = null;

  take(event: RunEvent): void {
    switch (event.type) {
      case "scenario":
        this.spins = event.facts.load === "spins";
        break;
      case "proven":
        this.#overdue = true;
        break;
      case "deadline-passed":
        this.#overdue = true;
        this.joined = event.joined;
        break;
      case "dump-taken":
        this.dump = event.dump;
        this.hangs = this.#overdue;
        break;
      case "dump-failed":
        this.hangs = this.#overdue;
        break;
      case "sigint-sent":
        this.#sentAt = event.atMs;
        break;
      case "clock":
        this.#clock(event);
        break;
    }
  }

  #clock({ which, atMs }: RunEvent & { type: "clock" }): void {
    if (this.#sentAt === null) return;
    const ms = Math.round((atMs - this.#sentAt) * 10) / 10;
    if (which === "threads-gone") this.sinceSigint.threadsGoneMs = ms;
    if (which === "process-exited") this.sinceSigint.processExitedMs = ms;
  }
}

interface Copy {
  readonly own: Candidate | null;
  readonly spins: boolean;
  readonly expectedMs: number;
  readonly tries: number;
}

/** The copies of one hang. */
class Copies {
  readonly #parts: DiagnoseParts;
  readonly #clues: Clues;
  readonly #candidates: readonly Candidate[];
  readonly #queue: Candidate[];
  readonly #trials: { readonly trial: Trial; readonly mark: HangMark | null }[] = [];
  readonly #first: HangMark | null;
  readonly #reapFollows: boolean;
  #again: Copy[] = [];
  count = 0;

  constructor(parts: DiagnoseParts, clues: Clues) {
    const { dump, joined } = clues;
    this.#parts = parts;
    this.#clues = clues;
    this.#first = dump === null ? null : markOf(dump, joined, null);
    this.#reapFollows = dump === null || worthReaping(dump, joined);
    this.#candidates = candidatesOf(dump, joined, !parts.request.sigintProbe);
    this.#queue = this.#candidates.filter(({ likely }) => !likely);
  }

  async run(): Promise<this> {
    const likely = this.#candidates.filter((each) => each.likely);
    this.#again = likely.map((own) => this.#copy(own, 0));
    const stopped = () => this.#parts.watch.stop?.aborted ?? false;
    // Each round takes what the last one left over: a copy that was used up by something else, or was no copy.
    while ((this.#again.length > 0 || this.#queue.length > 0) && !stopped()) {
      const tasks = this.#again.length > 0 ? this.#again : [this.#copy(null, 0)];
      this.#again = [];
      await schedule({
        tasks,
        jobs: this.#jobs,
        starts: CORES,
        enough: stopped,
        run: (copy, started) => this.#runOne(copy, started),
      });
    }
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
      const outcome = { kind: "not-tried", why: "the diagnosis was stopped" } as const;
      return [{ name, actions: [action], where: ".", outcome }];
    });
  }

  /** What spins takes a core; more of them than cores at once, and their clocks disturb each other. */
  get #jobs(): number {
    const { jobs } = this.#parts;
    return this.#clues.spins ? Math.min(jobs, CORES) : jobs;
  }

  #copy(own: Candidate | null, tries: number): Copy {
    return { own, spins: false, expectedMs: 0, tries };
  }

  async #runOne(copy: Copy, started: () => void): Promise<void> {
    const { request, run, watch, makeDir, onReplica, onTrial } = this.#parts;
    const { own } = copy;
    const where = this.#dirOf(copy);
    this.count++;
    const tell = onReplica(where);
    let outcome: ReplicaOutcome | null = null;
    const ran = await run({
      ...request,
      runDir: makeDir(where),
      sigintProbe: false,
      samples: 2,
      sampleGapMs: Math.min(request.sampleGapMs, REPLICA_SAMPLE_GAP_MS),
    }, {
      ...watch,
      onEvent(event) {
        if (event.type === "teardown-requested" || event.type === "scenario") started();
        tell(event);
      },
      onHang: async (hung) => {
        outcome = await tryOn(hung, {
          own,
          queue: this.#queue,
          differs: (mark) => this.#first === null ? null : difference(this.#first, mark),
          reapFollows: this.#reapFollows,
          boundMs: request.graceMs,
          where,
          onTrial,
        });
        return { kind: "end" };
      },
    });
    this.#take(copy, where, outcome ?? { kind: "other-hang", why: notHung(ran) });
  }

  #take(copy: Copy, where: string, outcome: ReplicaOutcome): void {
    if (outcome.kind === "tried") {
      for (const trial of outcome.trials) this.#trials.push({ trial, mark: outcome.mark });
      if (!outcome.ownTried) this.#again.push(copy);
      return;
    }
    if (copy.tries < RETRIES) {
      this.#again.push({ ...copy, tries: copy.tries + 1 });
      return;
    }
    const lost = copy.own === null ? this.#queue.splice(0) : [copy.own];
    for (const { name, action } of lost) {
      const trial: Trial = {
        name,
        actions: [action],
        where,
        outcome: { kind: "void", why: outcome.why },
      };
      this.#trials.push({ trial, mark: null });
      this.#parts.onTrial(trial);
    }
  }

  /** Named for what it is for, as far as that makes a file name. */
  #dirOf({ own, tries }: Copy): string {
    const name = own === null ? "others" : own.name.replace(/[^\w.-]+/g, "-").replace(/-+$/, "");
    return `replicas/${name}${tries === 0 ? "" : `-${tries + 1}`}`;
  }
}

function notHung(ran: RunOutcome): string {
  if (ran.kind !== "judged") return `it could not be judged: ${ran.message}`;
  return `it did not hang, it ${ran.attempt.verdict}`;
}
