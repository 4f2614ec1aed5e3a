/**
 * The person's side of a triage on a real terminal: keys in, lines out, both on the terminal that stderr is.
 *
 * @module
 */

import { makeStyle, type Style } from "../../../report/text/style.ts";
import type { Attempt } from "../../../model/result.ts";
import { RedrawnLine } from "../redrawn_line.ts";
import type { Streams } from "../../streams.ts";
import type { Key } from "./keys.ts";
import type { Screen } from "./screen.ts";
import { triage, type TriageConsole, type TriageEvent } from "./session.ts";
import { Terminal } from "./terminal.ts";
import type { HungDecision, HungRun } from "../../../run/hung_run.ts";
import type { OnHangChoice } from "../on_hang.ts";
import { inspectorLines } from "./words.ts";

/** What a desk works with. */
export interface MenuTerminalOptions {
  readonly streams: Streams;
  readonly color: boolean;
  readonly writeReport: (attempt: Attempt) => Promise<string>;
  /** A key that was pressed while no menu is open. */
  readonly key: (key: Key) => void;
  /** The terminal has gone. */
  readonly gone: () => void;
}

const FALLBACK = { columns: 80, rows: 24 };

/** The terminal as a place to sit at. */
export class MenuTerminal implements TriageConsole, AsyncDisposable {
  readonly #parts: MenuTerminalOptions;
  readonly #style: Style;
  readonly #terminal: Terminal;
  #asked: ((event: TriageEvent) => void) | null = null;
  /** Typed faster than it was asked for. */
  #typed: TriageEvent[] = [];
  #open = false;
  #busy = false;

  private constructor(parts: MenuTerminalOptions) {
    this.#parts = parts;
    this.#style = makeStyle(parts.color);
    this.#terminal = new Terminal({
      key: (key) => this.#key(key),
      end: () => parts.gone(),
    });
  }

  /** Takes the terminal. */
  static take(parts: MenuTerminalOptions): MenuTerminal {
    const desk = new MenuTerminal(parts);
    desk.#terminal.take();
    return desk;
  }

  page(): Screen {
    return { style: this.#style, here: Deno.cwd(), ...size() };
  }

  show(lines: readonly string[]): void {
    this.#parts.streams.err(lines.map((line) => `${line}\n`).join(""));
  }

  prompt(text: string): void {
    this.#parts.streams.err(this.#style.bold(text));
  }

  /** From now on keys are for the menu. */
  open(): void {
    this.#open = true;
  }

  /** And from now on they are not. */
  close(): void {
    this.#open = false;
    this.#asked = null;
    this.#typed = [];
  }

  next(): Promise<TriageEvent> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    const { promise, resolve } = Promise.withResolvers<TriageEvent>();
    this.#asked = resolve;
    return promise;
  }

  async during<T>(what: string, work: Promise<T>): Promise<T> {
    this.#busy = true;
    this.#typed = [];
    const startMs = performance.now();
    const seconds = () => ((performance.now() - startMs) / 1_000).toFixed(1);
    const line = new RedrawnLine(this.#parts.streams, () => `${what} … ${seconds()} s`);
    try {
      return await work;
    } finally {
      line.end();
      this.#busy = false;
    }
  }

  writeReport(attempt: Attempt): Promise<string> {
    return this.#parts.writeReport(attempt);
  }

  /** A SIGQUIT while the menu is open. One that comes while something is done is heeded after it. */
  dump(): void {
    if (this.#open) this.#answer({ kind: "dump" });
  }

  /** Gives the terminal back for a while. */
  giveBack(): Promise<void> {
    return this.#terminal.giveBack();
  }

  /** Takes it again. */
  wake(): void {
    this.#terminal.take();
    if (this.#open) this.#answer({ kind: "awake" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminal[Symbol.asyncDispose]();
  }

  /** A key that comes while something is done was not meant for what comes after it. */
  #key(key: Key): void {
    if (this.#busy) return;
    if (this.#open) this.#answer(key);
    else this.#parts.key(key);
  }

  #answer(event: TriageEvent): void {
    const answer = this.#asked;
    this.#asked = null;
    if (answer === null) this.#typed.push(event);
    else answer(event);
  }
}

function size(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || FALLBACK.columns, rows: rows || FALLBACK.rows };
  } catch {
    return FALLBACK;
  }
}

/** Stands until it is decided what becomes of the run. `desk` is null where nobody can press a key. */
export async function askOperator(
  hung: HungRun,
  mode: OnHangChoice["mode"],
  desk: MenuTerminal | null,
  { streams, color }: { readonly streams: Streams; readonly color: boolean },
): Promise<HungDecision> {
  desk?.open();
  try {
    if (mode === "triage" && desk !== null) return await triage(hung, desk);
    return await inspect(hung, desk, { streams, color });
  } finally {
    desk?.close();
  }
}

async function inspect(
  hung: HungRun,
  desk: MenuTerminal | null,
  { streams, color }: { readonly streams: Streams; readonly color: boolean },
): Promise<HungDecision> {
  const page = desk?.page() ??
    { style: makeStyle(color), here: Deno.cwd(), columns: 100, rows: 24 };
  const until = desk === null ? "until a signal comes, or it exits" : "until you press a key";
  const head = `unwedge: ${hung.name} hangs, process ${hung.pid}; it stays so ${until}.`;
  const lines = [head, ...inspectorLines(hung.inspectorUrl, page)];
  streams.err(lines.map((line) => `${line}\n`).join(""));
  const over = Promise.withResolvers<void>();
  hung.over.addEventListener("abort", () => over.resolve());
  if (hung.over.aborted) over.resolve();
  await Promise.race([hung.exited, over.promise, desk?.next() ?? over.promise]);
  return { kind: "end" };
}
