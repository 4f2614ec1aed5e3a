/**
 * Triage: a hung subject, a person, and one key at a time until they are done with it.
 *
 * Invariant: it never acts without a key, says what every key did, and returns a decision whatever happens: also when
 * the subject exits meanwhile, and when the run is being ended from elsewhere.
 *
 * @module
 */

import type { HungDecision, HungRun } from "../../../run/hung_run.ts";
import type { Action } from "../../../model/action.ts";
import type { Attempt } from "../../../model/result.ts";
import { actionWords, inspectorLines } from "./words.ts";
import { classedSoFar, type ShownCause, shownCause } from "./conclusions.ts";
import { actorChoices, channelChoices, type Choice, Picker, taskChoices } from "./picker.ts";
import type { Key } from "./keys.ts";
import { entryOf, helpLines, type MenuCommand, menuLines } from "./menu.ts";
import { movedLines, outcomeLines } from "./outcome.ts";
import { line, type Screen } from "./screen.ts";
import { situationLines } from "./situation.ts";
import { errorMessage } from "../../../protocol/error_message.ts";

/** What comes from the terminal while the menu is open. */
export type TriageEvent =
  | Key
  /** The job was put to sleep and is awake again: the screen is somebody else's by now. */
  | { readonly kind: "awake" }
  /** A SIGQUIT: look again, and go on with what was on the screen. */
  | { readonly kind: "dump" };

/** The person's side of a triage. */
export interface TriageConsole {
  /** The terminal as it is now: its size may change. */
  page(): Screen;
  /** Shows lines, which stay. */
  show(lines: readonly string[]): void;
  /** Shows text without an end of line; the cursor stays behind it. */
  prompt(text: string): void;
  /** What comes next. Keys that were pressed while something was done are lost, and that is meant. */
  next(): Promise<TriageEvent>;
  /** Says that something is under way until it is done. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
  /** Writes the report as it stands, and returns where. */
  writeReport(attempt: Attempt): Promise<string>;
}

const PROMPT = "triage> ";

/** Opens the menu on a run that stands, and stays until the person has decided. */
export async function triage(hung: HungRun, desk: TriageConsole): Promise<HungDecision> {
  return await new Session(hung, desk).run();
}

class Session {
  readonly #hung: HungRun;
  readonly #desk: TriageConsole;
  #exited = false;
  /** As it was judged before anything was done. */
  #first: Attempt | null = null;
  readonly #exit: Promise<"exit">;
  readonly #over: Promise<"over">;
  #waiting: Promise<TriageEvent> | null = null;

  constructor(hung: HungRun, desk: TriageConsole) {
    this.#hung = hung;
    this.#desk = desk;
    this.#exit = hung.exited.then(() => {
      this.#exited = true;
      return "exit";
    });
    const over = Promise.withResolvers<"over">();
    hung.over.addEventListener("abort", () => over.resolve("over"));
    if (hung.over.aborted) over.resolve("over");
    this.#over = over.promise;
  }

  async run(): Promise<HungDecision> {
    const attempt = classedSoFar(await this.#hung.judge());
    this.#first = attempt;
    const page = this.#desk.page();
    const { name, because, dump } = this.#hung;
    // A blank line, the menu and the prompt stand below.
    const below = menuLines(true, page).length + 2;
    this.#desk.show(situationLines({ name, because, attempt, dump }, below, page));
    for (;;) {
      const command = await this.#command();
      if (command === null) return { kind: "end" };
      if (command.do === "continue") return { kind: "continue" };
      if (command.do === "kill") return { kind: "kill" };
      if (command.do === "quit") return { kind: "end" };
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
      if (event === "exit") {
        this.#say(["", "The subject has exited."]);
        this.#menu();
      } else if (event === "over") {
        this.#say([""]);
        return null;
      } else if (event.kind === "dump" && !this.#exited) return { do: "look" };
      else if (event.kind === "awake" || event.kind === "dump") this.#menu();
      else {
        const entry = event.kind === "char" ? entryOf(event.char, !this.#exited) : null;
        if (entry !== null) {
          this.#desk.show([`${entry.key} ${entry.label}`]);
          return entry.command;
        }
        if (event.kind === "char") {
          this.#desk.show([`${event.char}: no such key here; ? says which`]);
        } else this.#desk.show([""]);
        this.#desk.prompt(PROMPT);
      }
    }
  }

  /** The next event; or that the run is over; or the exit of the subject, which is told once. */
  async #next(): Promise<TriageEvent | "exit" | "over"> {
    this.#waiting ??= this.#desk.next();
    const told = this.#exited;
    const event = await Promise.race([
      this.#over,
      ...(told ? [] : [this.#exit]),
      this.#waiting,
    ]);
    if (event !== "exit" && event !== "over") this.#waiting = null;
    return event;
  }

  #menu(): void {
    const page = this.#desk.page();
    this.#desk.show(["", ...menuLines(!this.#exited, page)]);
    this.#desk.prompt(PROMPT);
  }

  #say(lines: readonly string[]): void {
    const page = this.#desk.page();
    this.#desk.show(lines.map((text) => line([text], page)));
  }

  async #carryOut(command: MenuCommand): Promise<void> {
    const { dump } = this.#hung;
    const taken = dump?.kind === "taken" ? dump.dump : null;
    switch (command.do) {
      case "look":
        return await this.#look();
      case "interrupt":
        return await this.#act({ kind: "sigint" });
      case "remedy":
        return await this.#act({ kind: "remedy", remedy: command.remedy });
      case "cancel-root":
        return await this.#act({ kind: "cancel-root" });
      case "pick-task":
        return await this.#pick("Cancel which task?", taken === null ? [] : taskChoices(taken));
      case "pick-channel":
        return await this.#pick(
          "Abort which channel?",
          taken === null ? [] : channelChoices(taken),
        );
      case "pick-actor":
        return await this.#pick("Reap which actor?", taken === null ? [] : actorChoices(taken));
      case "inspector":
        return this.#desk.show(inspectorLines(this.#hung.inspectorUrl, this.#desk.page()));
      case "write":
        return await this.#write();
      case "help":
        return this.#desk.show(helpLines(this.#desk.page()));
    }
  }

  async #look(): Promise<void> {
    const before = this.#hung.dump;
    const after = await this.#desk.during("looking inside", this.#hung.look());
    const page = this.#desk.page();
    if (after.kind === "failed") return this.#say([`could not look inside: ${after.why}`]);
    const since = before?.kind === "taken" ? before.dump : null;
    this.#desk.show(movedLines(since, after.dump, page));
  }

  async #act(action: Action): Promise<void> {
    const { joined } = this.#hung;
    if (this.#isEarly()) await this.#lookAgain();
    const report = await this.#desk.during(actionWords(action), this.#hung.act(action));
    const told = report.unsure === undefined &&
      (report.unwedged || report.clocks.processExitedMs !== null);
    const cause = told && this.#first !== null ? await this.#cause(this.#first) : null;
    this.#desk.show(outcomeLines(report, joined, cause, this.#desk.page()));
  }

  /** Before its deadline the subject runs on behind the menu, as long as nothing was done to it. */
  #isEarly(): boolean {
    const { because, actions } = this.#hung;
    return because === "interrupted" && actions.every(({ effect }) => effect.kind !== "applied");
  }

  /** What is told of the cause afterwards has to be of the moment before the action. */
  async #lookAgain(): Promise<void> {
    const seen = await this.#desk.during("looking inside", this.#hung.look());
    // The report tells of the look that was asked for; the cause, of what it had come to.
    if (seen.kind === "taken") {
      this.#first = classedSoFar({ ...await this.#hung.judge(), dump: seen.dump });
    }
  }

  /** A Ctrl-C that the person passed on answers what the first look left open: whether main acts on it. */
  async #cause(first: Attempt): Promise<ShownCause> {
    const { sigint } = first.sigint === null ? await this.#hung.judge() : first;
    return shownCause({ ...first, sigint }, this.#hung.actions);
  }

  async #pick(title: string, choices: readonly Choice<Action>[]): Promise<void> {
    if (choices.length === 0) return this.#say(["There is nothing to pick from in the last dump."]);
    const picker = new Picker(title, choices);
    const draw = () => {
      this.#desk.show(picker.lines(this.#desk.page()));
      this.#desk.prompt(PROMPT);
    };
    draw();
    for (;;) {
      const event = await this.#next();
      if (event === "exit") return this.#say(["", "The subject has exited."]);
      if (event === "over") return;
      if (event.kind === "dump") await this.#look();
      if (event.kind === "awake" || event.kind === "dump") draw();
      else {
        const picked = picker.take(event);
        if (picked.kind === "nothing") return this.#say(["nothing"]);
        if (picked.kind === "page") {
          this.#say([""]);
          draw();
        } else if (picked.kind === "value") {
          this.#say([actionWords(picked.value)]);
          return await this.#act(picked.value);
        }
      }
    }
  }

  async #write(): Promise<void> {
    const attempt = await this.#hung.judge();
    try {
      this.#say([`written: ${await this.#desk.writeReport(attempt)}`]);
    } catch (error) {
      this.#say([`not written: ${errorMessage(error)}`]);
    }
  }
}
