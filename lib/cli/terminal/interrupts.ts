/**
 * Signals to unwedge while a subject runs, as the table of the contract says it. Off a terminal the first INT asks for
 * an orderly stop, the second kills the subject's group, the third leaves at once; on a terminal one more comes before
 * them, which opens the triage menu. TERM and HUP stop in order. Each says what it does. QUIT dumps and goes on; TSTP
 * puts everything to sleep.
 *
 * Signals closer together than 400 ms are one: `deno task` and some terminals deliver a single Ctrl-C twice.
 *
 * @module
 */

import { watchForEndOfNpm } from "./end_of_npm.ts";
import { SIGNAL_CODES, STOP_CODES, type StopCause, type StopSignal } from "../exit_code.ts";

/** Two signals of one kind that come closer together than this are one, in milliseconds. */
const SAME_SIGNAL_MS = 400;

/** Signals that unwedge answers. */
export type HandledSignal = StopSignal | "SIGQUIT" | "SIGTSTP" | "SIGCONT";

/** What happens on a signal, in words. */
export interface InterruptNotice {
  readonly signal: HandledSignal;
  readonly then: string;
}

/** What can do more on a signal than end the run. */
export interface Controls {
  /** A first Ctrl-C: true when the operator is shown the run now, so that nothing needs to end. */
  attend(): boolean;
  /** The run is dumped and goes on. */
  dumpNow(): void;
  /** Before this process is stopped: whatever must not run meanwhile is stopped when it resolves. */
  sleep(): Promise<void>;
  /** It runs again. May be called without {@linkcode Controls.sleep} before, after a stop from elsewhere. */
  wake(): Promise<void>;
  /** Stops this process, and all that is to stop with it; returns when it is continued. */
  stopSelf(): void;
  /** The run is being ended, and has so long for it. */
  stopping(ms: number): void;
}

const NONE = { signal: "SIGCONT", at: -Infinity } as const;
/** How long an orderly stop takes at most, as it is told. */
const STOP_MS = 3_000;
const STOP_SIGNALS = Object.keys(SIGNAL_CODES) as StopSignal[];

/** Listens from its construction until it is disposed of. */
export class Interrupts implements Disposable {
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #say: (notice: InterruptNotice) => void;
  readonly #leave: (code: number) => void;
  readonly #controls: Controls | null;
  readonly #listeners = new Map<HandledSignal, () => void>();
  readonly #now: () => number;
  #first: StopCause | null = null;
  #attended = false;
  #finished = false;
  #last: { readonly signal: HandledSignal; readonly at: number } = NONE;
  #lastQuitAt = -Infinity;
  #awakeAt = -Infinity;
  #asleep: Promise<void> | null = null;
  #unwatch: () => void = () => {};
  #npm: Disposable | null = null;
  /** Told of each signal that counts, for the record. */
  onNotice: (notice: InterruptNotice) => void = () => {};

  /**
   * @param say tells the person what a signal will do, before it is done
   * @param leave ends this process now
   * @param controls null for a run that signals can only end
   */
  constructor(
    say: (notice: InterruptNotice) => void,
    leave: (code: number) => void,
    controls: Controls | null = null,
    now: () => number = () => performance.now(),
  ) {
    this.#say = say;
    this.#leave = leave;
    this.#controls = controls;
    this.#now = now;
    const more: readonly HandledSignal[] = controls === null
      ? []
      : ["SIGQUIT", "SIGTSTP", "SIGCONT"];
    for (const signal of [...STOP_SIGNALS, ...more]) {
      const listener = () => this.receive(signal);
      Deno.addSignalListener(signal, listener);
      this.#listeners.set(signal, listener);
    }
  }

  /**
   * Listens during a run whose progress is shown: there it is said, and that ends before this process does.
   *
   * @param lost aborted when what the run says can no longer be written
   */
  static during(
    progress: { say(text: string): void; end(): void },
    controls: Controls,
    lost: AbortSignal,
  ): Interrupts {
    const interrupts = new Interrupts(
      ({ signal, then }) => progress.say(`${signal}: ${then}`),
      (code) => {
        progress.end();
        Deno.exit(code);
      },
      controls,
    );
    interrupts.stopWhen(lost);
    interrupts.#npm = watchForEndOfNpm(() => interrupts.receive("SIGTERM"));
    return interrupts;
  }

  /** Stops in order, as on a first TERM, when what the run says can no longer be written. */
  stopWhen(lost: AbortSignal): void {
    const stop = () => {
      if (this.#first !== null || this.#finished) return;
      this.#first = "lost output";
      this.#controls?.stopping(STOP_MS);
      this.#stop.abort();
    };
    if (lost.aborted) return stop();
    lost.addEventListener("abort", stop, { once: true });
    this.#unwatch = () => lost.removeEventListener("abort", stop);
  }

  /** Aborted by the signal that stops in order. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborted by the signal after that: kill the subject's group. */
  get kill(): AbortSignal {
    return this.#kill.signal;
  }

  /** What ended the run before its end and decides the exit code, or null. */
  get by(): StopCause | null {
    return this.#first;
  }

  /** The operator was shown the run and let it go on: the next Ctrl-C is a first one again. */
  rearm(): void {
    this.#attended = false;
  }

  /** The operator was shown the run because of a Ctrl-C and let it end: that signal ended it. */
  concede(): void {
    this.#first ??= "SIGINT";
  }

  /**
   * The run is over and its result is about to be shown: from now on signals change nothing. Only for a reader that
   * cannot be slow; otherwise dispose of this, and a signal ends us as it ends any program.
   */
  finish(): void {
    this.#finished = true;
  }

  /** Takes a signal as if the kernel had sent it. */
  receive(signal: HandledSignal): void {
    if (this.#finished) return;
    const now = this.#now();
    if (signal === "SIGQUIT") return this.#quit(now);
    if (signal === "SIGTSTP") return this.#doze(now);
    if (signal === "SIGCONT") return this.#continued(now);
    // Of two different ones the second counts as long as nothing ends: a TERM is not sent twice.
    const same = signal === this.#last.signal || this.#first !== null;
    if (same && now - this.#last.at < SAME_SIGNAL_MS) return;
    this.#last = { signal, at: now };
    if (this.#first === null && signal === "SIGINT" && !this.#attended) {
      // Also when no operator is asked: the next one is not a first one any more.
      this.#attended = true;
      if (this.#controls?.attend() === true) {
        return this.#notify(signal, "dumping, then triage; again to stop in order");
      }
    }
    if (this.#first === null) {
      this.#first = signal;
      this.#controls?.stopping(STOP_MS);
      this.#notify(
        signal,
        "dumping what is there and stopping in order, at most 3 s; again to kill it now",
      );
      this.#stop.abort();
    } else if (!this.#kill.signal.aborted) {
      this.#notify(signal, "killing the subject; the report is partial; again to leave at once");
      this.#kill.abort();
    } else {
      this.#notify(signal, "leaving at once");
      this.#leave(STOP_CODES[this.#first]);
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    this.#listeners.clear();
    this.#unwatch();
    this.#npm?.[Symbol.dispose]();
  }

  #quit(now: number): void {
    if (now - this.#lastQuitAt < SAME_SIGNAL_MS) return;
    this.#lastQuitAt = now;
    this.#notify("SIGQUIT", "dumping, and going on");
    this.#controls?.dumpNow();
  }

  /** `deno task` passes the terminal's TSTP on, late: after the sleep it would put us to sleep again. */
  #doze(now: number): void {
    if (this.#asleep !== null || this.#controls === null || now - this.#awakeAt < SAME_SIGNAL_MS) {
      return;
    }
    const controls = this.#controls;
    this.#asleep = (async () => {
      this.#notify("SIGTSTP", "the clocks stand, the subject is stopped until it is continued");
      await controls.sleep();
      controls.stopSelf();
      this.#awakeAt = this.#now();
      this.onNotice({ signal: "SIGCONT", then: "the clocks run again" });
      await controls.wake();
      this.#asleep = null;
    })();
  }

  /**
   * After a stop of our own this comes while that is undone, or just after. Otherwise another process had stopped us.
   */
  #continued(now: number): void {
    if (this.#asleep === null && now - this.#awakeAt >= SAME_SIGNAL_MS) this.#controls?.wake();
  }

  #notify(signal: HandledSignal, then: string): void {
    this.#say({ signal, then });
    this.onNotice({ signal, then });
  }
}
