/**
 * What a person sees while many runs go on, always on stderr: one redrawn line on a terminal, elsewhere a line for each
 * run that is over, and one that says what still runs whenever the time to say so has doubled.
 *
 * @module
 */

import type { RunEvent } from "../../run/run_event.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import { compare, declaredBy, differenceLine, remedyLabel } from "../../report/declared.ts";
import type { Attempt, Unjudged } from "../../model/result.ts";
import { makeStyle, type Style } from "../../report/text/style.ts";
import { time } from "../../protocol/duration.ts";
import { phrase } from "../../run/event_texts.ts";
import { RedrawnLine } from "../terminal/redrawn_line.ts";
import type { Streams } from "../streams.ts";
import type { Cell } from "./cell.ts";

/** Shows a run of many while it goes on. */
export class SuiteProgress {
  readonly #streams: Streams;
  readonly #style: Style;
  readonly #amount: SuiteProgressOptions["amount"];
  readonly #line: RedrawnLine | null;
  readonly #running = new Map<Cell, number>();
  readonly #verb: string;
  readonly #startMs = performance.now();
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #planned = 0;
  #done = 0;
  #wrong = 0;
  #hint = "^C: stop and report";

  constructor(verb: string, streams: Streams, { amount, color, slowMs }: SuiteProgressOptions) {
    this.#verb = verb;
    this.#streams = streams;
    this.#style = makeStyle(color);
    this.#amount = amount;
    const redraws = amount !== "quiet" && streams.errIsTerminal;
    this.#line = redraws ? new RedrawnLine(streams, () => this.#status()) : null;
    if (amount !== "quiet" && !redraws) this.#awaitSlow(slowMs);
  }

  /** Something that the person has to read now. */
  say(text: string): void {
    this.#hint = "^C again: kill now";
    this.#write(text);
  }

  /** Something long that the person asked for, with its ends of lines. */
  print(text: string): void {
    if (this.#line === null) this.#streams.err(text);
    else this.#line.say(text.trimEnd());
  }

  /** Draws nothing until {@linkcode SuiteProgress.release}. */
  hold(): void {
    this.#line?.hold();
  }

  release(): void {
    this.#line?.release();
  }

  /** The runs are being ended. */
  stopping(_ms: number): void {
    this.#hint = "^C again: kill now";
  }

  /** So many runs more are to be made. */
  planned(runs: number): void {
    this.#planned += runs;
    this.#line?.draw();
  }

  /** A run begins. */
  started(cell: Cell): void {
    this.#running.set(cell, performance.now());
  }

  /** Something happened in a run; it is said only with `-v`. */
  event(cell: Cell, event: RunEvent): void {
    if (this.#amount === "verbose") this.#tell(`${label(cell)}: ${phrase(event).text}`);
  }

  /** A run is over and has a verdict. */
  ended(cell: Cell, attempt: Attempt, durationMs: number): void {
    const comparison = compare(attempt, declaredBy(cell.scenario.facts));
    const { red, green, dim } = this.#style;
    const state = comparison.kind === "mismatch"
      ? red("MISMATCH")
      : comparison.kind === "as-declared"
      ? green("ok")
      : dim("seen");
    const hangClass = attempt.class === null ? "" : `, ${attempt.class}`;
    const why = comparison.kind === "mismatch" ? `: ${differenceLine(comparison.differences)}` : "";
    if (comparison.kind === "mismatch") this.#wrong++;
    this.#over(cell);
    // On a terminal the line counts; only what is wrong is worth one that stays.
    if (this.#line !== null && comparison.kind !== "mismatch") return;
    this.#tell(
      `${this.#count()} ${state} ${label(cell)}: ${attempt.verdict}${hangClass} (${
        time(durationMs)
      })${why}`,
    );
  }

  /** A run, or a whole scenario, could not be judged. */
  fault({ scenario, file, line, message }: Unjudged, cell: Cell | null = null): void {
    this.#wrong++;
    if (cell !== null) this.#over(cell);
    const path = file === null ? "" : `${pathOfFile(file)}${line === null ? "" : `:${line}`}: `;
    const what = cell === null ? scenario : label(cell);
    const said = `${this.#style.red("FAULT")} ${what}: ${path}${message.split("\n")[0]}`;
    this.#write(said);
  }

  /** Leaves the terminal as it was. */
  end(): void {
    clearTimeout(this.#slowTimer);
    this.#line?.end();
  }

  #over(cell: Cell): void {
    this.#done++;
    this.#running.delete(cell);
  }

  #tell(text: string): void {
    if (this.#amount !== "quiet") this.#write(text);
  }

  /** With `-q` too: what is wrong, and the answer to a signal. */
  #write(text: string): void {
    if (this.#line === null) this.#streams.err(`unwedge: ${text}\n`);
    else this.#line.say(`unwedge: ${text}`);
  }

  #count(): string {
    return `[${`${this.#done}`.padStart(`${this.#planned}`.length)}/${this.#planned}]`;
  }

  #status(): string {
    const wrong = this.#wrong === 0 ? [] : [`${this.#wrong} not as declared`];
    return [`${this.#verb} ${this.#done}/${this.#planned}`, ...wrong, this.#whatRuns(), this.#hint]
      .join("   ");
  }

  #whatRuns(): string {
    const now = performance.now();
    const [oldest] = [...this.#running].toSorted(([, a], [, b]) => a - b);
    if (oldest === undefined) return "starting";
    const [cell, since] = oldest;
    const more = this.#running.size > 1 ? ` and ${this.#running.size - 1} more` : "";
    return `${label(cell)} ${((now - since) / 1_000).toFixed(1)} s${more}`;
  }

  #awaitSlow(ms: number): void {
    const elapsed = performance.now() - this.#startMs;
    this.#slowTimer = setTimeout(() => {
      this.#tell(`still running after ${time(ms)}: ${this.#count()} ${this.#whatRuns()}`);
      this.#awaitSlow(ms * 2);
    }, Math.max(0, ms - elapsed));
  }
}

/** How much to show. */
export interface SuiteProgressOptions {
  readonly amount: "quiet" | "normal" | "verbose";
  readonly color: boolean;
  /** When to say what still runs, first. */
  readonly slowMs: number;
}

function label({ scenario, remedies, repetition }: Cell): string {
  const again = repetition === 1 ? "" : ` #${repetition}`;
  return `${scenario.name} (${remedyLabel(remedies)})${again}`;
}
