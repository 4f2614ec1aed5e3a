/**
 * What a signal, or the key `t`, asks of the runs under way beyond ending them: to be looked at, dumped, put to sleep.
 * It sits between the signals, the terminal's keys, the line of progress, and the console of the runs.
 *
 * @module
 */

import type { HungDecision, HungRun, OnHang } from "../../run/hung_run.ts";
import { RunConsole } from "../../run/run_console.ts";
import type { RunEvent } from "../../run/run_event.ts";
import type { WatchOptions } from "../../run/run_request.ts";
import type { Attempt } from "../../model/result.ts";
import type { Dump } from "../../model/dump.ts";
import type { Controls, HandledSignal } from "./interrupts.ts";
import { isForeground, stopOurselves } from "./job.ts";
import type { OnHangChoice } from "./on_hang.ts";
import type { Progress } from "./progress/progress.ts";
import type { Streams } from "../streams.ts";
import type { MenuTerminal } from "./triage/menu_terminal.ts";
import { loadLater } from "../../os/load_later.ts";

/** What operator controls works with. */
export interface OperatorControlsOptions {
  readonly choice: OnHangChoice;
  readonly streams: Streams;
  readonly progress: Pick<Progress, "say" | "print" | "hold" | "release" | "stopping">;
  readonly color: boolean;
  /** Takes a signal as if the kernel had sent it. */
  readonly signal: (signal: HandledSignal) => void;
  /** The operator has decided what becomes of the hung run. */
  readonly decided: (decision: HungDecision, hung: HungRun) => void;
  /** Writes the report as it stands, and returns where. */
  readonly writeReport: (attempt: Attempt) => Promise<string>;
}

/** A run under way. */
interface Watched {
  readonly name: string;
  dumpAsked: boolean;
}

/** Attends to one run after the other; or, where the operator is not asked, to many at once. */
export class OperatorControls implements Controls, AsyncDisposable {
  readonly #parts: OperatorControlsOptions;
  readonly #console = new RunConsole();
  #menu: Promise<MenuTerminal> | null = null;
  #deciding = false;
  #asleep = false;
  readonly #runs = new Set<Watched>();
  /** Asked for before there was a run that could hear it. */
  #attentionAsked = false;

  constructor(parts: OperatorControlsOptions) {
    this.#parts = parts;
    if (parts.choice.keys) this.#menu = this.#openMenu();
  }

  /** One for runs about which the operator is not asked; they can still be dumped and suspended. */
  static unattended(
    parts: Pick<OperatorControlsOptions, "streams" | "progress" | "color">,
  ): OperatorControls {
    return new OperatorControls({
      ...parts,
      choice: { mode: "report", keys: false },
      signal: () => {},
      decided: () => {},
      writeReport: () => Promise.resolve(""),
    });
  }

  /** What a run is to be watched with, in place of `watch`. */
  watching(name: string, watch: WatchOptions): WatchOptions {
    const { onEvent } = watch;
    const run: Watched = { name, dumpAsked: false };
    const seen = (event: RunEvent) => {
      onEvent?.(event);
      this.#event(run, event);
    };
    const options = { ...watch, onEvent: seen, console: this.#console };
    const { mode } = this.#parts.choice;
    return mode === "report" ? options : { ...options, onHang: this.#onHang };
  }

  attend(): boolean {
    if (this.#deciding || this.#parts.choice.mode !== "triage") return false;
    this.#attentionAsked = true;
    this.#console.attention();
    return true;
  }

  dumpNow(): void {
    if (this.#deciding && this.#parts.choice.mode === "triage") {
      void this.#menu?.then((menu) => menu.dump());
      return;
    }
    for (const run of this.#runs) run.dumpAsked = true;
    this.#console.dumpNow();
  }

  async sleep(): Promise<void> {
    this.#asleep = true;
    this.#parts.progress.hold();
    await (await this.#menu)?.giveBack();
    await this.#console.pause();
  }

  async wake(): Promise<void> {
    const slept = this.#asleep;
    this.#asleep = false;
    await (await this.#menu)?.wake();
    if (!slept) return;
    this.#console.resume();
    this.#parts.progress.release();
  }

  stopSelf(): void {
    stopOurselves();
  }

  stopping(ms: number): void {
    this.#parts.progress.stopping(ms);
  }

  /** The terminal is as it was when this resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#menu)?.[Symbol.asyncDispose]();
  }

  readonly #onHang: OnHang = async (hung) => {
    const { choice, progress, decided } = this.#parts;
    this.#deciding = true;
    this.#attentionAsked = false;
    progress.hold();
    // Where the keys are the run's own, the terminal is taken for the menu alone.
    const forMenu = choice.mode === "triage" && this.#menu === null;
    try {
      if (forMenu && isForeground()) this.#menu = this.#openMenu();
      const menu = await this.#menu;
      const decision = await this.#ask(hung, choice.mode, menu);
      decided(decision, hung);
      return decision;
    } finally {
      if (forMenu) {
        await this[Symbol.asyncDispose]();
        this.#menu = null;
      }
      this.#deciding = false;
      progress.release();
    }
  };

  async #ask(
    hung: HungRun,
    mode: OnHangChoice["mode"],
    menu: MenuTerminal | null,
  ): Promise<HungDecision> {
    if (mode === "triage" && !isForeground()) {
      this.#parts.progress.say("it hangs; no triage in the background, here is the report");
      return { kind: "end" };
    }
    const { askOperator } = await loadLater<typeof import("./triage/menu_terminal.ts")>(
      import.meta.resolve("./triage/menu_terminal.ts"),
    );
    return await askOperator(hung, mode, menu, this.#parts);
  }

  #event(run: Watched, event: RunEvent): void {
    if (event.type === "subject-started") this.#runs.add(run);
    if (event.type === "judged") this.#runs.delete(run);
    const early = event.type === "subject-started" || event.type === "scenario-loaded";
    if (early && this.#attentionAsked) this.#console.attention();
    if (!run.dumpAsked || this.#deciding) return;
    if (event.type === "dump-taken") {
      run.dumpAsked = false;
      this.#print(run.name, event.dump);
    } else if (event.type === "dump-failed") {
      run.dumpAsked = false;
      this.#parts.progress.say(`${run.name}: could not look inside: ${event.why}`);
    }
  }

  async #print(name: string, dump: Dump): Promise<void> {
    const { progress, color } = this.#parts;
    const { renderDumpText } = await loadLater<typeof import("../../report/text/dump_text.ts")>(
      import.meta.resolve("../../report/text/dump_text.ts"),
    );
    const text = renderDumpText(dump, { stacks: "folded", internalFrames: false, color });
    progress.print(`${name}: ${text}`);
  }

  async #openMenu(): Promise<MenuTerminal> {
    const { streams, color, signal, writeReport } = this.#parts;
    const { MenuTerminal } = await loadLater<typeof import("./triage/menu_terminal.ts")>(
      import.meta.resolve("./triage/menu_terminal.ts"),
    );
    return MenuTerminal.take({
      streams,
      color,
      writeReport,
      // No key can be pressed any more: as if the terminal had been hung up.
      gone: () => signal("SIGHUP"),
      key: (key) => {
        if (key.kind === "char" && key.char === "t") this.dumpNow();
      },
    });
  }
}
