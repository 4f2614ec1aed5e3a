/**
 * Progress on a terminal: one line on stderr, redrawn about ten times a second and gone at the end. It is cut to the
 * width of the terminal, because a line that wraps cannot be erased.
 *
 * @module
 */

import { cutToTerminal } from "../../../os/terminal.ts";
import type { RunEvent } from "../../../run/run_event.ts";
import { makeStyle, type Style } from "../../../report/text/style.ts";
import { bound } from "../../../protocol/duration.ts";
import type { Streams } from "../../streams.ts";
import type { Progress, ProgressSubject } from "./progress.ts";

const REDRAW_MS = 100;
const ERASE = "\r\x1b[2K";

/** Where the latest attempt stands. */
interface Phase {
  readonly text: string;
  /** When it began, on the clock of `performance.now()`; later by as long as the run's clock stood since. */
  readonly since: number;
  /** Against the deadline. */
  readonly bounded: boolean;
}

/** Progress as one line. */
export class StatusLine implements Progress {
  readonly #subject: ProgressSubject;
  readonly #streams: Streams;
  readonly #style: Style;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #verdicts = new Map<string, number>();
  #phase: Phase;
  /** To which it goes back after a dump that was asked for by a key. */
  #before: Phase | null = null;
  #deadlineMs: number | null = null;
  #hint: string;
  #held = 0;
  #stopBy: number | null = null;
  #ended = false;

  constructor(subject: ProgressSubject, streams: Streams, color: boolean, keys: boolean) {
    this.#hint = keys ? "t: dump  ^C: triage" : "^C: stop and report";
    this.#subject = subject;
    this.#streams = streams;
    this.#style = makeStyle(color);
    this.#phase = phaseNow("starting");
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#draw();
  }

  event(_attempt: number, event: RunEvent): void {
    if (event.type === "scenario-loaded") this.#deadlineMs = event.deadlineMs;
    if (event.type === "subject-started") this.#before = null;
    if (event.type === "continued") this.#shift(event.pausedMs);
    if (event.type === "resumed" && event.then === "continue") this.#shift(event.stoodMs);
    if (event.type === "dump-taken" || event.type === "dump-failed") this.#goBack();
    const next = phaseOf(event);
    // Events of different sources may arrive the wrong way round: a run does not go back to its start.
    const late = this.#phase.bounded &&
      (event.type === "scenario-loaded" || event.type === "teardown-requested");
    if (next === null || late) return;
    if (event.type === "dump-started") this.#before ??= this.#phase;
    this.#phase = next;
  }

  doing(text: string): void {
    const { since, text: before } = this.#phase;
    const phase = phaseNow(text);
    // The same thing, further on: its time runs on.
    this.#phase = before.split(",")[0] === text.split(",")[0] ? { ...phase, since } : phase;
    this.#draw();
  }

  judged(_attempt: number, verdict: string): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
  }

  say(text: string): void {
    this.print(`unwedge: ${text}\n`);
  }

  print(text: string): void {
    // Where another program draws, the cursor may stand behind a prompt.
    const before = this.#held > 0 ? "\n" : this.#ended ? "" : ERASE;
    this.#streams.err(before + text);
    this.#draw();
  }

  hold(): void {
    if (this.#held++ === 0 && !this.#ended) this.#streams.err(ERASE);
  }

  release(): void {
    this.#held--;
    this.#draw();
  }

  stopping(ms: number): void {
    this.#stopBy = performance.now() + ms;
    this.#hint = "^C: kill now";
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    if (this.#held === 0) this.#streams.err(ERASE);
  }

  #goBack(): void {
    if (this.#before !== null) this.#phase = this.#before;
    this.#before = null;
  }

  /** The run's clock stood. */
  #shift(ms: number): void {
    this.#phase = { ...this.#phase, since: this.#phase.since + ms };
  }

  #draw(): void {
    if (this.#ended || this.#held > 0) return;
    const { text, since, bounded } = this.#phase;
    const elapsed = `${((performance.now() - since) / 1_000).toFixed(1)} s`;
    const limit = bounded && this.#deadlineMs !== null ? ` / ${bound(this.#deadlineMs)}` : "";
    const now = this.#stopBy === null ? `${text} ${elapsed}${limit}` : countdown(this.#stopBy);
    const parts = [this.#subject.name, now, ...this.#counts(), this.#hint];
    const plain = cutToTerminal(parts.join("   "));
    // Only what is shown whole is marked: a cut escape sequence would leave the terminal coloured.
    const [name] = parts;
    const line = name !== undefined && plain.startsWith(name)
      ? this.#style.bold(name) + plain.slice(name.length)
      : plain;
    this.#streams.err(ERASE + line);
  }

  #counts(): string[] {
    const { attempts } = this.#subject;
    if (attempts === 1) return [];
    const done = [...this.#verdicts.values()].reduce((sum, n) => sum + n, 0);
    const each = [...this.#verdicts].map(([verdict, n]) => `${n} ${verdict}`).join(", ");
    const of = attempts === Infinity ? "" : `/${attempts}`;
    return [`${done}${of} done${each === "" ? "" : `: ${each}`}`];
  }
}

/** The phase that an event begins, or null when it begins none. */
function phaseOf(event: RunEvent): Phase | null {
  switch (event.type) {
    case "subject-started":
      return phaseNow("starting");
    case "scenario-loaded":
      return phaseNow("running");
    case "teardown-requested":
      return phaseNow("tearing down", true);
    case "deadline-passed":
      return phaseNow("its deadline has passed");
    case "proven":
      return phaseNow("it never ends");
    case "dump-started":
      return phaseNow("looking inside");
    case "sigint-sent":
      return phaseNow("sent SIGINT");
    case "ending":
      return phaseNow("ending the subject");
    default:
      return null;
  }
}

function phaseNow(text: string, bounded = false): Phase {
  return { text, since: performance.now(), bounded };
}

function countdown(stopBy: number): string {
  const leftMs = Math.max(0, stopBy - performance.now());
  return `stopping in order, ${(leftMs / 1_000).toFixed(1)} s left`;
}
