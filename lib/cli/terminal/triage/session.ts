/**
 * Triage: a hung subject, an operator, and one key at a time until the operator has decided.
 *
 * Invariant: it never acts without a key, says what every key did, and returns a decision whatever happens: also when
 * the subject exits meanwhile, and when the run is being ended from elsewhere.
 *
 * @module
 */

import type { Action } from "../../../model/action.ts";
import type { Attempt } from "../../../model/result.ts";
import { errorMessage } from "../../../protocol/error_message.ts";
import type { HungDecision, HungRun } from "../../../run/hung_run.ts";
import { changeLines } from "./changes.ts";
import { classedSoFar, type ShownCause, shownCause } from "./conclusions.ts";
import { firstScreen } from "./first_screen.ts";
import { nameOf } from "../../../diagnose/cause/actions.ts";
import { line, type Screen } from "../../../report/text/screen.ts";
import { inspectorLines } from "./inspector_lines.ts";
import { entryOf, helpLines, type MenuCommand, menuLines, type MenuSubject } from "./menu.ts";
import { outcomeLines } from "./outcome.ts";
import { LISTS, Picker } from "./picker.ts";
import type { Key } from "./terminal.ts";

/** What comes from the terminal while the menu is open. */
export type TriageEvent =
  | Key
  /** The job was stopped (Ctrl-Z) and runs again: by now the screen shows something else. */
  | { readonly kind: "awake" }
  /** A SIGQUIT: take a dump, and go on with what was on the screen. */
  | { readonly kind: "dump" };

/** The operator's side of a triage. */
export interface TriageConsole {
  /** The screen as it is now: its size may change. */
  screen(): Screen;
  /** Shows lines, which stay. */
  show(lines: readonly string[]): void;
  /** Shows text without an end of line; the cursor stays behind it. */
  prompt(text: string): void;
  /** What comes next. Keys that are pressed while something is done are dropped, on purpose. */
  next(): Promise<TriageEvent>;
  /** Says that something is under way until it is done. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
  /** Writes the report as it stands, and returns where. */
  writeReport(attempt: Attempt): Promise<string>;
}

const PROMPT = "triage> ";
const DUMPING = "looking inside";

/** Opens the menu on a run that waits for a decision, and returns what the operator has decided. */
export async function triage(hung: HungRun, console: TriageConsole): Promise<HungDecision> {
  return await new Session(hung, console).run();
}

/** Resolves once the run needs no decision any more. */
export function whenOver({ over }: Pick<HungRun, "over">): Promise<"over"> {
  const { promise, resolve } = Promise.withResolvers<"over">();
  over.addEventListener("abort", () => resolve("over"));
  if (over.aborted) resolve("over");
  return promise;
}

class Session {
  readonly #hung: HungRun;
  readonly #console: TriageConsole;
  #exited = false;
  /** Whether the menu on the screen is that of a subject that has exited. */
  #exitShown = false;
  /** As it was judged before anything was done. */
  #first: Attempt | null = null;
  readonly #exit: Promise<"exit">;
  readonly #over: Promise<"over">;
  #waiting: Promise<TriageEvent> | null = null;

  constructor(hung: HungRun, console: TriageConsole) {
    this.#hung = hung;
    this.#console = console;
    this.#exit = hung.exited.then(() => {
      this.#exited = true;
      return "exit";
    });
    this.#over = whenOver(hung);
  }

  async run(): Promise<HungDecision> {
    this.#first = classedSoFar(await this.#hung.judge());
    const screen = this.#console.screen();
    // A blank line, the menu and the prompt stand below.
    const below = menuLines(this.#subject(), screen).length + 2;
    this.#console.show(firstScreen(this.#hung, this.#first, below, screen));
    for (;;) {
      const command = await this.#command();
      if (command === null) return { kind: "end" };
      if (command.do === "decide") return command.decision;
      await this.#carryOut(command);
    }
  }

  /** Asks until a key comes that means something; null when the run is over. */
  async #command(): Promise<MenuCommand | null> {
    // Stopped while something was done, or in a list: there is nothing to choose any more.
    if (this.#hung.over.aborted) return null;
    this.#menu();
    for (;;) {
      const event = await this.#next();
      if (event === "exit") this.#tellExit();
      else if (event === "over") {
        this.#say("");
        return null;
      } else if (event.kind === "dump" && !this.#exited) return { do: "dump" };
      else if (event.kind === "awake" || event.kind === "dump") this.#menu();
      else {
        const entry = event.kind === "char" ? entryOf(event.char, this.#subject()) : null;
        if (entry !== null) {
          this.#say(`${entry.key} ${entry.label}`);
          return entry.command;
        }
        // The key came with the exit: it stood in the menu that is shown.
        if (this.#exited && !this.#exitShown) {
          this.#tellExit();
          continue;
        }
        this.#say(event.kind === "char" ? `${event.char}: no such key here; ? says which` : "");
        this.#console.prompt(PROMPT);
      }
    }
  }

  #tellExit(): void {
    this.#say("", "The subject has exited.");
    this.#menu();
  }

  /** The next event; or that the run is over; or the exit of the subject, until a menu has shown it. */
  async #next(): Promise<TriageEvent | "exit" | "over"> {
    this.#waiting ??= this.#console.next();
    const exit = this.#exitShown ? [] : [this.#exit];
    const event = await Promise.race([this.#over, ...exit, this.#waiting]);
    if (event !== "exit" && event !== "over") this.#waiting = null;
    return event;
  }

  #subject(): MenuSubject {
    return { lives: !this.#exited, isCommand: this.#hung.isCommand };
  }

  #menu(): void {
    this.#exitShown = this.#exited;
    this.#console.show(["", ...menuLines(this.#subject(), this.#console.screen())]);
    this.#console.prompt(PROMPT);
  }

  #say(...lines: readonly string[]): void {
    const screen = this.#console.screen();
    this.#console.show(lines.map((text) => line([text], screen)));
  }

  async #carryOut(command: Exclude<MenuCommand, { do: "decide" }>): Promise<void> {
    switch (command.do) {
      case "act":
        return await this.#act(command.action);
      case "pick":
        return await this.#pick(command.what);
      case "dump":
        return await this.#dump();
      case "write":
        return await this.#write();
      case "inspector":
        return this.#console.show(
          inspectorLines(this.#hung.inspectorUrl, this.#console.screen()),
        );
      case "help":
        return this.#console.show(helpLines(this.#console.screen(), this.#hung.isCommand));
    }
  }

  async #dump(): Promise<void> {
    const before = this.#hung.dump;
    const after = await this.#console.during(DUMPING, this.#hung.takeDump());
    if (after.kind === "failed") return this.#say(`could not look inside: ${after.why}`);
    const since = before?.kind === "taken" ? before.dump : null;
    this.#console.show(changeLines(since, after.dump, this.#console.screen()));
  }

  async #act(action: Action): Promise<void> {
    const { joined, isCommand } = this.#hung;
    if (!isCommand && this.#runsOn()) await this.#judgeAgain();
    const report = await this.#console.during(nameOf(action), this.#hung.act(action));
    const ended = report.unwedged || report.clocks.processExitedMs !== null;
    const cause = !isCommand && ended && report.unsure === undefined && this.#first !== null
      ? await this.#cause(this.#first)
      : null;
    this.#console.show(outcomeLines(report, { joined, isCommand }, cause, this.#console.screen()));
  }

  /** Before its deadline the subject runs on behind the menu, as long as nothing was done to it. */
  #runsOn(): boolean {
    const { because, actions } = this.#hung;
    return because === "interrupted" && actions.every(({ effect }) => effect.kind !== "applied");
  }

  /** The cause that is told after an action is read off the moment before it. */
  async #judgeAgain(): Promise<void> {
    const taken = await this.#console.during(DUMPING, this.#hung.takeDump());
    // The report keeps the dump that the operator asked for; the cause is read off the one of now.
    if (taken.kind === "taken") {
      this.#first = classedSoFar({ ...await this.#hung.judge(), dump: taken.dump });
    }
  }

  /** Whether main acts on a Ctrl-C is known only once the operator has passed one on. */
  async #cause(first: Attempt): Promise<ShownCause> {
    const { sigint } = first.sigint === null ? await this.#hung.judge() : first;
    return shownCause({ ...first, sigint }, this.#hung.actions);
  }

  async #pick(what: keyof typeof LISTS): Promise<void> {
    const { title, choices } = LISTS[what];
    const { dump } = this.#hung;
    const offered = dump?.kind === "taken" ? choices(dump.dump) : [];
    if (offered.length === 0) return this.#say("There is nothing to pick from in the last dump.");
    const picker = new Picker(title, offered);
    const draw = () => {
      this.#console.show(picker.lines(this.#console.screen()));
      this.#console.prompt(PROMPT);
    };
    draw();
    for (;;) {
      const event = await this.#next();
      if (event === "exit") return this.#say("", "The subject has exited.");
      if (event === "over") return;
      if (event.kind === "dump") await this.#dump();
      if (event.kind === "awake" || event.kind === "dump") draw();
      else {
        const picked = picker.take(event);
        if (picked.kind === "nothing") return this.#say("nothing");
        if (picked.kind === "page") {
          this.#say("");
          draw();
        } else if (picked.kind === "value") {
          this.#say(nameOf(picked.value));
          return await this.#act(picked.value);
        }
      }
    }
  }

  async #write(): Promise<void> {
    const attempt = await this.#hung.judge();
    try {
      this.#say(`written: ${await this.#console.writeReport(attempt)}`);
    } catch (error) {
      this.#say(`not written: ${errorMessage(error)}`);
    }
  }
}
