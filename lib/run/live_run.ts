/**
 * A run whose subject has been started: what is watched, by what, and for whom. Every step of the run works on this.
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { Subject } from "../subject/subject.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";
import { record, type Recorded } from "./event_texts.ts";
import type { OnHang } from "./hung_run.ts";
import { SubjectPause } from "./pause.ts";
import { RunClock } from "./run_clock.ts";
import type { ConsoleWishes } from "./run_console.ts";
import type { RunEventBody } from "./run_event.ts";
import { RunLog } from "./run_log.ts";
import type { RunSettings, WatchOptions } from "./run_request.ts";
import type { RunTools } from "./run_tools.ts";
import { type Operator, SubjectWatch } from "./watch.ts";

/** Who can stop the run, and decides about a hang. */
export interface RunOperator extends Operator {
  readonly onHang: OnHang | null;
  /** What is asked for while the run is under way; null when there is no console. */
  readonly wishes: ConsoleWishes | null;
}

/** Tells what happens to those who watch, and keeps it for the timeline. */
export class RunEvents {
  /** What the harness saw and did; grows with every event. */
  readonly recorded: Recorded[] = [];
  readonly emit: (event: RunEventBody) => void;

  constructor(onEvent: WatchOptions["onEvent"]) {
    const startedAt = epochNow();
    this.emit = (event) => {
      const now = epochNow();
      const entry = record(now, event);
      if (entry !== null) this.recorded.push(entry);
      onEvent?.({ atMs: now - startedAt, ...event });
    };
  }
}

/** One run. Dispose of it when it is over: its signals and its console outlive it. */
export class LiveRun implements Disposable {
  readonly settings: RunSettings;
  readonly tools: RunTools;
  readonly subject: Subject;
  readonly process: SubjectProcess;
  readonly events: RunEvents;
  readonly operator: RunOperator;
  readonly clock: RunClock = new RunClock();
  /** Epoch milliseconds. */
  readonly startedAt: number = epochNow();
  readonly log: RunLog;
  readonly watch: SubjectWatch;
  readonly pause: SubjectPause;

  constructor(
    settings: RunSettings,
    subject: Subject,
    process: SubjectProcess,
    events: RunEvents,
    options: WatchOptions & { readonly tools: RunTools },
  ) {
    this.settings = settings;
    this.tools = options.tools;
    this.subject = subject;
    this.process = process;
    this.events = events;
    this.log = new RunLog(settings.deadlineMs, subject.journal === null ? this.startedAt : null);
    const { clock, log } = this;
    const { emit } = events;
    const { journal } = subject;
    const { stop = null, kill = null, onHang = null } = options;
    const operator = { stop, kill };
    const watch = new SubjectWatch({ subject, process, log, emit, clock, operator });
    const pause = new SubjectPause({ process, clock, emit, journal, ends: [stop, kill] });
    const wishes = options.console?.connect({
      wake: () => watch.wake(),
      pause: () => pause.pause(),
      resume: () => pause.resume(),
    }) ?? null;
    this.operator = { ...operator, onHang, wishes };
    this.watch = watch;
    this.pause = pause;
  }

  [Symbol.dispose](): void {
    this.operator.wishes?.[Symbol.dispose]();
    this.pause[Symbol.dispose]();
    this.watch[Symbol.dispose]();
  }
}
