/**
 * A watched command as a process: a session of its own, the standard streams that unwedge itself was given.
 *
 * Invariant: a command that ends by itself is left as it is, with whatever it started in the background. One that unwedge
 * ends is asked first and killed when its time is up, with all that it has started and not let go of; and if unwedge is
 * itself killed, the warden ends it.
 *
 * @module
 */

import { processAlive } from "../../os/proc.ts";
import { childProcesses } from "../../os/outside.ts";
import { epochNow } from "../../protocol/epoch.ts";
import { type SubjectIdentity, writeSubjectIdentity } from "../subject_identity.ts";
import type { AskedToEnd, SubjectExit, SubjectProcess } from "../subject_process.ts";
import { startWarden, type Warden } from "../warden.ts";
import { identities } from "./processes.ts";

/** What is started, and how it is ended. */
export interface CommandLaunch {
  readonly command: readonly string[];
  /** Variables that are added to those of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly runDir: string;
  /** The signal that asks it to end. */
  readonly askWith: () => Deno.Signal;
  /** How long it has after that, in milliseconds. */
  readonly graceMs: () => number;
}

/** A started command. */
export class CommandProcess implements SubjectProcess {
  readonly pid: number;
  readonly identity: SubjectIdentity | null;
  readonly exited: Promise<SubjectExit>;
  readonly #launch: CommandLaunch;
  readonly #warden: Warden | null;
  #exit: SubjectExit | null = null;
  #asked: AskedToEnd | null = null;
  #ending: Promise<void> | null = null;
  readonly #onUnload = () => this.#killAll();

  /** @throws when it cannot be started */
  constructor(launch: CommandLaunch) {
    this.#launch = launch;
    const [program = "", ...args] = launch.command;
    const child = new Deno.Command(program, {
      args,
      env: { ...launch.env },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
      detached: true,
    }).spawn();
    this.pid = child.pid;
    this.identity = writeSubjectIdentity(launch.runDir, child.pid);
    this.#warden = startWarden(child.pid);
    globalThis.addEventListener("unload", this.#onUnload);
    this.exited = child.status.then((status) => {
      const how = status.signal === null
        ? { kind: "code" as const, code: status.code }
        : { kind: "signal" as const, signal: status.signal };
      return this.#exit = { atMs: epochNow(), ...how };
    });
  }

  get exit(): SubjectExit | null {
    return this.#exit;
  }

  get endedByUs(): boolean {
    return this.#ending !== null;
  }

  /** How it took being asked to end; null when it was not asked. */
  get asked(): AskedToEnd | null {
    return this.#asked;
  }

  guard(): void {
    // The warden is there from the start.
  }

  signal(name: Deno.Signal): boolean {
    return this.#exit === null && send(this.pid, name);
  }

  signalGroup(name: Deno.Signal): boolean {
    return this.#exit === null && send(-this.pid, name);
  }

  async endGroup(): Promise<void> {
    if (this.#exit === null) await (this.#ending ??= this.#end());
    globalThis.removeEventListener("unload", this.#onUnload);
    await this.#warden?.dismiss();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.endGroup();
  }

  async #end(): Promise<void> {
    const all = this.#all();
    const signal = this.#launch.askWith();
    const askedAt = epochNow();
    if (this.signalGroup(signal)) {
      // One that is stopped cannot hear it.
      this.signalGroup("SIGCONT");
      const late = Promise.withResolvers<null>();
      const timer = setTimeout(() => late.resolve(null), this.#launch.graceMs());
      const exit = await Promise.race([this.exited, late.promise]);
      clearTimeout(timer);
      this.#asked = { signal, endedMs: exit === null ? null : exit.atMs - askedAt };
    }
    this.#killAll(all);
    await this.exited;
    // Once more: what was being forked while the first kill went out.
    this.#killAll(all);
  }

  /** Everything below the command, also what has a group of its own. */
  #all() {
    return identities(childProcesses(this.pid).map(({ pid }) => pid));
  }

  #killAll(all = this.#all()): void {
    send(-this.pid, "SIGKILL");
    for (const { pid, startTime } of all) if (processAlive(pid, startTime)) send(pid, "SIGKILL");
  }
}

/** False when nothing is left to send it to. */
function send(to: number, name: Deno.Signal): boolean {
  try {
    Deno.kill(to, name);
    return true;
  } catch (error) {
    // ESRCH comes as NotFound, or as TypeError; EPERM for a process that has changed its user.
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return false;
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
