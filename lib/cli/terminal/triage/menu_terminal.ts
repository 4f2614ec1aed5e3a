/**
 * The operator's side of a triage on a real terminal: keys in, lines out, both on the terminal that stderr is.
 *
 * @module
 */

import type { Attempt } from "../../../model/result.ts";
import { terminalSize } from "../../../os/terminal.ts";
import { makeStyle, type Style } from "../../../report/text/style.ts";
import type { HungDecision, HungRun } from "../../../run/hung_run.ts";
import type { Streams } from "../../streams.ts";
import type { OnHangChoice } from "../on_hang.ts";
import { RedrawnLine } from "../redrawn_line.ts";
import type { Screen } from "../../../report/text/screen.ts";
import { inspectorLines } from "./inspector_lines.ts";
import { triage, type TriageConsole, type TriageEvent, whenOver } from "./session.ts";
import { type Key, Terminal } from "./terminal.ts";

/** What a menu terminal works with. */
export interface MenuTerminalOptions {
  readonly streams: Streams;
  readonly color: boolean;
  readonly writeReport: (attempt: Attempt) => Promise<string>;
  /** Called with a key that is pressed while no menu is open. */
  readonly key: (key: Key) => void;
  /** Called when the terminal has gone. */
  readonly gone: () => void;
}

/** The terminal of one run after the other: between two menus its keys go to the run. */
export class MenuTerminal implements TriageConsole, AsyncDisposable {
  readonly #options: MenuTerminalOptions;
  readonly #style: Style;
  readonly #terminal: Terminal;
  #asked: ((event: TriageEvent) => void) | null = null;
  /** Typed faster than it was asked for. */
  #typed: TriageEvent[] = [];
  #open = false;
  #busy = false;

  private constructor(options: MenuTerminalOptions) {
    this.#options = options;
    this.#style = makeStyle(options.color);
    this.#terminal = new Terminal({ key: (key) => this.#key(key), end: () => options.gone() });
  }

  /** Takes the terminal. */
  static take(options: MenuTerminalOptions): MenuTerminal {
    const menu = new MenuTerminal(options);
    menu.#terminal.take();
    return menu;
  }

  screen(): Screen {
    const size = terminalSize() ?? { columns: 80, rows: 24 };
    return { style: this.#style, here: Deno.cwd(), ...size };
  }

  show(lines: readonly string[]): void {
    this.#options.streams.err(lines.map((line) => `${line}\n`).join(""));
  }

  prompt(text: string): void {
    this.#options.streams.err(this.#style.bold(text));
  }

  /** From now on keys are for the menu. */
  open(): void {
    this.#open = true;
  }

  /** From now on keys are for the run again. */
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
    const line = new RedrawnLine(this.#options.streams, () => `${what} … ${seconds()} s`);
    try {
      return await work;
    } finally {
      line.end();
      this.#busy = false;
    }
  }

  writeReport(attempt: Attempt): Promise<string> {
    return this.#options.writeReport(attempt);
  }

  /** Asks an open menu for a dump (SIGQUIT); one that comes while something is done is taken after it. */
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

  /** A key that is pressed while something is done was not meant for what comes after it. */
  #key(key: Key): void {
    if (this.#busy) return;
    if (this.#open) this.#answer(key);
    else this.#options.key(key);
  }

  #answer(event: TriageEvent): void {
    const answer = this.#asked;
    this.#asked = null;
    if (answer === null) this.#typed.push(event);
    else answer(event);
  }
}

/** Asks what becomes of the run. `menu` is null where no key can be pressed. */
export async function askOperator(
  hung: HungRun,
  mode: OnHangChoice["mode"],
  menu: MenuTerminal | null,
  { streams, color }: { readonly streams: Streams; readonly color: boolean },
): Promise<HungDecision> {
  menu?.open();
  try {
    if (mode === "triage" && menu !== null) return await triage(hung, menu);
    const screen = menu?.screen() ??
      { style: makeStyle(color), here: Deno.cwd(), columns: 100, rows: 24 };
    const until = menu === null ? "until a signal comes, or it exits" : "until you press a key";
    const head = `unwedge: ${hung.name} hangs, process ${hung.pid}; it stays so ${until}.`;
    streams.err(`${[head, ...inspectorLines(hung.inspectorUrl, screen)].join("\n")}\n`);
    await Promise.race([hung.exited, whenOver(hung), ...(menu === null ? [] : [menu.next()])]);
    return { kind: "end" };
  } finally {
    menu?.close();
  }
}
