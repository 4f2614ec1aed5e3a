/**
 * The journal of a run, folded into the facts that a verdict asks for. Reading only: nothing here decides.
 *
 * Invariant: every time in it is the journal's own (`t`, written by the isolate in which it happened), never the time
 * at which the harness got to read it. A harness that was starved for a second must not shift a clock by a second.
 *
 * @module
 */

import type { JournalEvent, ScenarioFacts } from "../protocol/journal_event.ts";
import type { LadderRung, Phase } from "../model/result.ts";
import { Census } from "../diagnose/proof/census.ts";
import { tenths } from "./tenths.ts";

type Of<K extends JournalEvent["kind"]> = Extract<JournalEvent, { kind: K }>;

/** More than this many records are counted, not kept: a runaway subject must not fill the harness's memory. */
const MAX_KEPT_EVENTS = 100_000;

/** The subject said that it will not run, and why. */
export type Refusal = Of<"refused"> | Of<"load-failed">;

/** What the journal has said so far. */
export class RunLog {
  /** How every actor stands. */
  readonly census: Census = new Census();
  #events: JournalEvent[] = [];
  #dropped = 0;
  #refusal: Refusal | null = null;
  #scenario: Of<"scenario"> | null = null;
  #teardown: Of<"teardown-requested"> | null = null;
  #joined: Of<"joined"> | null = null;
  /** Paths of actors that are being started. */
  readonly #starting: Set<string> = new Set();
  #startedAt: number | null = null;
  #overAt: number | null = null;
  #stop: { readonly t: number; readonly deadlineMs: number } | null = null;
  #judged: { readonly phase: Phase; readonly startAt: number } | null = null;
  #last: JournalEvent | null = null;
  #beats = 0;
  #lastBeatAt: number | null = null;
  #maxGapMs = 0;

  readonly #asked: { readonly deadlineMs: number | null; readonly startedAt: number | null };

  /**
   * @param deadlineMs the deadline that was asked for; null means the one that the subject declares
   * @param startedAt epoch milliseconds from which a subject without a journal is timed; null for one that has a journal
   */
  constructor(deadlineMs: number | null = null, startedAt: number | null = null) {
    this.#asked = { deadlineMs, startedAt };
  }

  /** The deadline in milliseconds: the one that was asked for, or the subject's. */
  get deadlineMs(): number {
    return this.#stop?.deadlineMs ?? this.#asked.deadlineMs ?? this.facts?.deadlineMs ?? 0;
  }

  /** Takes the next record, in file order. */
  add(event: JournalEvent): void {
    this.#last = event;
    this.census.add(event);
    if (event.kind === "waits" || event.kind === "stirs") return;
    if (event.kind === "beat") {
      this.#beats++;
      this.#lastBeatAt = event.t;
      this.#maxGapMs = Math.max(this.#maxGapMs, event.maxGapMs);
      return;
    }
    if (this.#events.length < MAX_KEPT_EVENTS) this.#events.push(event);
    else this.#dropped++;
    switch (event.kind) {
      case "refused":
      case "load-failed":
        this.#refusal ??= event;
        break;
      case "scenario":
        this.#scenario ??= event;
        break;
      case "teardown-requested":
        this.#teardown ??= event;
        break;
      case "teardown-over":
        this.#teardown = null;
        this.#overAt = event.t;
        break;
      case "joined":
        this.#joined ??= event;
        break;
      case "actor-spawned":
        this.#starting.add(event.peer);
        break;
      case "handshake":
      case "actor-dead":
        if (this.#starting.delete(event.peer)) this.#startedAt = event.t;
        break;
    }
  }

  /** Every record but the beats, in file order. */
  get events(): readonly JournalEvent[] {
    return this.#events;
  }

  /** How many records were not kept. */
  get dropped(): number {
    return this.#dropped;
  }

  get refusal(): Refusal | null {
    return this.#refusal;
  }

  get facts(): ScenarioFacts | null {
    return this.#scenario?.facts ?? null;
  }

  /** Remedies that are switched on in the subject. */
  get remedies(): readonly string[] {
    return this.#scenario?.remedies ?? [];
  }

  get scenarioAt(): number | null {
    return this.#scenario?.t ?? null;
  }

  get teardown(): Of<"teardown-requested"> | null {
    return this.#teardown;
  }

  get joined(): Of<"joined"> | null {
    return this.#joined;
  }

  /** The latest record of any kind. */
  get last(): JournalEvent | null {
    return this.#last;
  }

  /** How far it has come, or had come when it was judged. */
  get phase(): Phase {
    if (this.#judged !== null) return this.#judged.phase;
    if (this.#teardown !== null || this.#joined !== null || this.#stop !== null) return "teardown";
    return this.#scenario === null && this.#asked.startedAt === null ? "start" : "body";
  }

  /** Whether an actor has been spawned that is neither ready nor dead. */
  get startsActors(): boolean {
    return this.#starting.size > 0;
  }

  /**
   * Epoch milliseconds from which the body may take its time: when the program began, when the last actor had started,
   * when a teardown was over that was not the program's; null before it has begun.
   */
  get bodyAt(): number | null {
    const { scenarioAt } = this;
    if (scenarioAt === null) return null;
    return Math.max(scenarioAt, this.#startedAt ?? 0, this.#overAt ?? 0);
  }

  /**
   * A subject without a journal was told to stop, at `t` (epoch milliseconds): its clocks start, and it has until this
   * deadline.
   */
  stop(t: number, deadlineMs: number): void {
    this.#stop = { t, deadlineMs };
  }

  /** The run is judged: from here on no record moves its phase or the start of its clocks any more. */
  judge(): void {
    const startAt = this.clockStart ?? this.scenarioAt ?? this.#events[0]?.t ?? this.#last?.t;
    if (startAt !== undefined) this.#judged ??= { phase: this.phase, startAt };
  }

  /**
   * Epoch milliseconds at which the clocks start: when teardown was requested, or, for a run that came to its end
   * without ever requesting it, when its nursery joined. Null while neither has happened. A run that was judged before is
   * timed from the beginning of its program, and a subject without a journal from its start.
   */
  get clockStart(): number | null {
    return this.#judged?.startAt ?? this.#teardown?.t ?? this.#joined?.t ?? this.#stop?.t ??
      this.#asked.startedAt;
  }

  get beats(): {
    readonly count: number;
    readonly lastAt: number | null;
    readonly maxGapMs: number;
  } {
    return { count: this.#beats, lastAt: this.#lastBeatAt, maxGapMs: this.#maxGapMs };
  }

  /** A place in the journal: what is read from here on is after it. */
  mark(): number {
    return this.#events.length;
  }

  /** The first record of a kind that came after a {@linkcode RunLog.mark}. */
  firstAfter<K extends JournalEvent["kind"]>(
    mark: number,
    kind: K,
    test: (event: Of<K>) => boolean = () => true,
  ): Of<K> | null {
    const isKind = (event: JournalEvent): event is Of<K> => event.kind === kind;
    for (const event of this.#events.slice(mark)) {
      if (isKind(event) && test(event)) return event;
    }
    return null;
  }

  /**
   * The ladder as it was climbed, one row for each actor and rung, in the order in which they were asked.
   *
   * @param between how long it is from one epoch time to another, in milliseconds
   * @param untilMs what was written later (epoch milliseconds) is left out
   */
  ladder(
    between = (fromMs: number, toMs: number): number => toMs - fromMs,
    untilMs = Infinity,
  ): LadderRung[] {
    const start = this.clockStart;
    if (start === null) return [];
    const rows = new Map<string, { -readonly [F in keyof LadderRung]: LadderRung[F] }>();
    for (const event of this.#events) {
      if (event.kind !== "rung" || event.t >= untilMs) continue;
      const key = `${event.peer}\n${event.rung}`;
      const at = tenths(between(start, event.t));
      const row = rows.get(key) ??
        {
          actor: event.peer,
          rung: event.rung,
          askedMs: at,
          ackedMs: null,
          effect: null,
          effectMs: null,
        };
      rows.set(key, row);
      if (event.step === "acked") row.ackedMs ??= at;
      if (event.step === "effect") {
        row.effect = event.effect;
        row.effectMs = at;
      }
    }
    return [...rows.values()];
  }

  /** Waits that the subject has reported as long, newest last, one line each; repeated waits of a task count once. */
  longWaits(): string[] {
    const waits = new Map<string, string>();
    for (const event of this.#events) {
      if (event.kind === "parked") waits.set(`${event.actor} ${event.task}`, event.on);
    }
    return [...waits].map(([who, on]) => `${who}: ${on}`);
  }
}
