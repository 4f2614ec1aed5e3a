/**
 * How every Deno and Node process below a watched command is reached: NODE_OPTIONS, which both heed and hand down to
 * their children, has each open its inspector on a free port of the loopback and load a module that says where.
 *
 * Whoever knows the address of an inspector can run code in its process, so it is printed nowhere and not to be asked
 * for: it stands in a file of its own that only this user can read, and that is removed with the run's end. There are
 * two exceptions, in which it is published over HTTP on the loopback, as Node and Deno do by default. A Deno process
 * without the permissions `sys` and `write` can neither learn its address nor write a file. And Node does not start from
 * version 24 on when it is told to publish nowhere (22.23 does).
 *
 * Rejected: `inspector.open()` in the module, after which Deno prints the address, and variables of our own, which would
 * reach every program below.
 *
 * @module
 */

import { PENDING_SET } from "../../heap/never_settled.ts";
import { isReport, type Report } from "./report.ts";
import { isProcClosed, namesIn, readStat, textOf } from "../../os/proc_files.ts";
import { readBootedAtMs, startedAtMs } from "../../os/process_table.ts";

/**
 * Nothing in it may throw, print, or ask for a permission.
 *
 * It keeps the pending promises of the isolate: V8 collects a deadlock before it can be seen. One that has a parent,
 * as what `then` returns does, is kept by that. The methods are the Set's own, so that the program cannot put others in
 * their place. With `sites` it is a Map, which has for each promise an Error that knows the line.
 */
const moduleText = (sites: boolean): string =>
  `"use strict";
try {
  const deno = globalThis.Deno;
  class ${PENDING_SET} extends ${sites ? "Map" : "Set"} {}
  const pending = new ${PENDING_SET}();
  pending.keep = ${sites ? "Map.prototype.set" : "Set.prototype.add"};
  pending.delete = ${sites ? "Map" : "Set"}.prototype.delete;
  const Site = Error;
  const init = (promise, parent) => {
    if (parent === undefined) pending.keep(promise${sites ? ", new Site()" : ""});
  };
  const settled = (promise) => {
    pending.delete(promise);
  };
  if (deno === undefined) require("node:v8").promiseHooks.createHook({ init, settled });
  else deno[deno.internal].core.setPromiseHooks(init, undefined, undefined, settled);
} catch {
  // Then nothing is proven.
}
try {
  const deno = globalThis.Deno;
  const report = (runtime) =>
    JSON.stringify({ runtime, url: require("node:inspector").url() ?? null });
  const path = __dirname + "/" + (deno ? deno.pid : process.pid) + ".json";
  if (deno === undefined) {
    if (require("node:worker_threads").isMainThread) {
      require("node:fs").writeFileSync(path, report("node"), { mode: 0o600 });
    }
  } else {
    const granted = (wanted) => deno.permissions.querySync(wanted).state === "granted";
    if (granted({ name: "sys" }) && granted({ name: "write", path })) {
      deno.writeTextFileSync(path, report("deno"), { mode: 0o600 });
    }
  }
} catch {
  // The program must run as it would without this.
}
`;

const MODULE_NAME = "preload.cjs";

/** Two readings of the clock at boot differ by this much at most, in milliseconds. */
const CLOCK_SLACK_MS = 1_000;

/** The place where processes report in, in a run directory. */
export class Preload {
  readonly #directory: string;
  readonly #sites: boolean;
  readonly #onUnload = () => this[Symbol.dispose]();
  /** Whether inspectors tell their address to whoever asks over HTTP on the loopback. */
  readonly published: boolean;

  /**
   * @param runDir absolute path of the run directory, which only this user can read
   * @param command what is watched
   * @param options `sites`: whether the line is kept at which each promise is made
   */
  constructor(runDir: string, command: readonly string[], { sites = false } = {}) {
    this.#sites = sites;
    this.#directory = `${runDir}/processes`;
    this.published = isNarrowDeno(command) || mayStartNode(command);
  }

  /**
   * Makes the place.
   *
   * @param inherited the user's own NODE_OPTIONS, which are kept
   * @returns the value of NODE_OPTIONS for the command
   * @throws when it cannot be written
   */
  prepare(inherited: string | undefined): string {
    this[Symbol.dispose]();
    globalThis.addEventListener("unload", this.#onUnload);
    Deno.mkdirSync(this.#directory, { mode: 0o700 });
    const module = `${this.#directory}/${MODULE_NAME}`;
    Deno.writeTextFileSync(module, moduleText(this.#sites), { mode: 0o600 });
    // Of the destinations in the list a comma alone names none, where that is allowed.
    const uid = this.published ? "http" : ",";
    const quoted = `"${module.replace(/["\\]/g, "\\$&")}"`;
    const own = `--inspect=127.0.0.1:0 --inspect-publish-uid=${uid} --require ${quoted}`;
    return inherited === undefined || inherited.trim() === "" ? own : `${own} ${inherited}`;
  }

  /** What has been reported of processes that still run, by process id. */
  reports(): ReadonlyMap<number, Report> {
    const reports = new Map<number, Report>();
    const bootedAt = readBootedAtMs();
    for (const name of namesIn(this.#directory)) {
      const pid = Number(/^(\d+)\.json$/.exec(name)?.[1] ?? NaN);
      const path = `${this.#directory}/${name}`;
      if (Number.isNaN(pid) || !isOf(pid, path, bootedAt)) continue;
      try {
        const value: unknown = JSON.parse(textOf(path));
        if (isReport(value)) reports.set(pid, value);
      } catch {
        // Being written, or written by something else.
      }
    }
    return reports;
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    globalThis.removeEventListener("unload", this.#onUnload);
    try {
      Deno.removeSync(this.#directory, { recursive: true });
    } catch {
      // It was never made.
    }
  }
}

/** Whether the process that has this pid now may have written a report: it must not have been started after it. */
function isOf(pid: number, path: string, bootedAtMs: number | null): boolean {
  const stat = readStat(`/proc/${pid}`);
  // Where /proc is closed, an inspector that does not answer will tell.
  if (stat === null) return isProcClosed();
  if (stat.state === "Z") return false;
  try {
    const { mtime } = Deno.statSync(path);
    const startedAt = startedAtMs({ bootedAtMs }, stat.startTime);
    return mtime === null || startedAt === null || startedAt <= mtime.getTime() + CLOCK_SLACK_MS;
  } catch {
    return false;
  }
}

/** Whether Node could be among what a command starts: which version cannot be known. */
function mayStartNode([program = ""]: readonly string[]): boolean {
  if (!/(^|\/)deno$/.test(program)) return true;
  try {
    const places = (Deno.env.get("PATH") ?? "").split(":");
    return places.some((place) => {
      try {
        return Deno.statSync(`${place}/node`).isFile;
      } catch (error) {
        return !(error instanceof Deno.errors.NotFound);
      }
    });
  } catch {
    return true;
  }
}

/** Deno's subcommands that run no program of the user's by themselves, or start others that do. */
const NO_PROGRAM = ["task", "install", "add", "check", "fmt", "lint", "compile", "bundle"];

/** Whether a command is Deno with a program that does not have all permissions. */
function isNarrowDeno(command: readonly string[]): boolean {
  const [program = "", ...words] = command;
  if (!/(^|\/)deno$/.test(program)) return false;
  const subcommand = words.find((word) => !word.startsWith("-")) ?? "";
  if (NO_PROGRAM.includes(subcommand)) return false;
  return !words.some((word) => word === "--allow-all" || /^-[a-zA-Z]*A/.test(word));
}
