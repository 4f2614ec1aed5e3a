/**
 * A command of the user's as a subject: any program that starts Deno or Node processes, unprepared. It writes no
 * journal and declares nothing; it is judged by its end, and by what is seen inside its processes when it does not end.
 *
 * @module
 */

import type { Dump } from "../../model/dump.ts";
import { loadLater } from "../../os/load_later.ts";
import type { Subject } from "../subject.ts";
import { Activity } from "./activity.ts";
import { CommandProcess } from "./command_process.ts";
import { dumpCommand, type DumpCommandOptions } from "./dump_command.ts";
import { Preload } from "./preload.ts";
import { isLauncher, runtimeOf } from "./processes.ts";

/** What is watched, and how. */
export interface CommandRequest {
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Absolute path of an existing directory that only this user can read. */
  readonly runDir: string;
  /** Whether its processes are made to open their inspectors and report in. */
  readonly preload: boolean;
  /** Whether the line is kept at which each promise is made. */
  readonly sites: boolean;
  /** The signal that asks it to end when the run is over before it is. */
  readonly askWith: () => Deno.Signal;
  /** How long it has after that, in milliseconds. */
  readonly graceMs: () => number;
}

/** One command that is not started yet. Dispose of it when the run is over. */
export class CommandSubject implements Subject, Disposable {
  readonly name: string;
  readonly command: readonly string[];
  readonly module = null;
  readonly entry = null;
  readonly remedies: readonly string[] = [];
  readonly journal = null;
  readonly inspector = { wsUrl: null, waitsForDebugger: false };
  /** Its streams are the user's, and nothing of them is kept. */
  readonly output = { bound() {}, tail: () => ({ stdout: "", stderr: "" }), clean() {} };
  readonly #request: CommandRequest;
  readonly #preload: Preload | null;
  #process: CommandProcess | null = null;
  #activity: Activity | null = null;
  #startError: unknown = null;

  constructor(request: CommandRequest) {
    this.#request = request;
    this.name = request.name;
    this.command = request.command;
    this.#preload = request.preload ? new Preload(request.runDir, request.command, request) : null;
  }

  /** Null before it is started. */
  get process(): CommandProcess | null {
    return this.#process;
  }

  /** What was thrown when the program could not be started; null when it could. */
  get startError(): unknown {
    return this.#startError;
  }

  start(): CommandProcess {
    const options = this.#preload?.prepare(inheritedOptions());
    const env = options === undefined ? {} : { NODE_OPTIONS: options };
    try {
      return this.#process = new CommandProcess({ ...this.#request, env });
    } catch (error) {
      this.#startError = error;
      throw error;
    }
  }

  takeDump(how: DumpCommandOptions): Promise<Dump> {
    if (this.#process === null) return Promise.reject(new Error("it has not been started"));
    return dumpCommand(this.#process.pid, this.#preload, how);
  }

  inspectorOf(pid: number): string | null {
    return this.#preload?.reports().get(pid)?.url ?? null;
  }

  hasNamedThreads(): boolean {
    return this.#process !== null && runtimeOf(this.#process.pid) === "deno" &&
      !isLauncher({ command: this.command.join(" ") });
  }

  idleMs(nowMs: number): number {
    if (this.#process === null) return 0;
    this.#activity ??= new Activity(this.#process.pid, (pid) => {
      const url = this.inspectorOf(pid);
      return url === null ? null : Number(new URL(url).port);
    });
    return this.#activity.idleMs(nowMs);
  }

  async neverEnds(): Promise<boolean> {
    if (this.#process === null || this.#preload === null) return false;
    const { commandNeverEnds } = await loadLater<typeof import("./never_ends.ts")>(
      import.meta.resolve("./never_ends.ts"),
    );
    return await commandNeverEnds(this.#process.pid, this.#preload);
  }

  [Symbol.dispose](): void {
    this.#preload?.[Symbol.dispose]();
  }
}

/** Without the permission to know them there are none to keep: they could not have been handed down either. */
function inheritedOptions(): string | undefined {
  try {
    return Deno.env.get("NODE_OPTIONS");
  } catch {
    return undefined;
  }
}
