/**
 * The subject as an operating-system process: how it is started, how it is signalled, how all of it is ended.
 *
 * Invariant: whatever happens in the harness (an exception, `Deno.exit`, a signal handled by the command line), the
 * subject's whole process group is gone afterwards; and if the harness is itself SIGKILLed, the lifeline's end tells
 * the subject, and the warden ends one that cannot listen. The subject has a session of its own, so the terminal's
 * Ctrl-C never reaches it.
 *
 * It is started through `/bin/sh -c 'exec …'` by `Deno.Command`, which knows neither extra descriptors nor files for
 * stdout. `exec` keeps the pid. node:child_process can do all of it alone, and was rejected: loading it and node:fs
 * costs about 40 ms, the shell about 1 ms (measured, Deno 2.9.6).
 *
 * @module
 */

import { epochNow } from "../protocol/epoch.ts";
import type { SubjectSpec } from "../protocol/subject_spec.ts";
import { type SubjectIdentity, writeSubjectIdentity } from "./subject_identity.ts";
import { startWarden, type Warden } from "./warden.ts";
import { OWN_FLAGS } from "../protocol/own_code.ts";

/** `$1` and `$2` are the logs, the rest is the command. The pipe on stdin becomes fd 3: the lifeline. */
const LAUNCH = 'exec 3<&0 </dev/null >>"$1" 2>>"$2"; shift 2; exec "$@"';

const NOTHING = new Uint8Array();

/**
 * When the warden is started: after the subject has been, and long before it can be starved, since Deno alone takes
 * longer to come up. So its start costs the run no time, and no moment is left in which a dying harness (an unhandled
 * rejection runs no `unload`) leaves a starved subject behind. A harness that was itself starved for that time sets it
 * when it first hears of the subject, before anybody is told.
 */
const WARDEN_AFTER_MS = 20;

/** How the subject ended. */
export type SubjectExit =
  & { readonly atMs: number }
  & (
    | { readonly kind: "code"; readonly code: number }
    | { readonly kind: "signal"; readonly signal: string }
  );

/** How a subject took being asked to end. */
export interface AskedToEnd {
  readonly signal: Deno.Signal;
  /** Milliseconds until it had ended; null when it had to be killed. */
  readonly endedMs: number | null;
}

/** What is started. */
export interface SubjectLaunch {
  readonly spec: SubjectSpec;
  /** The subject's main module. */
  readonly entry: URL;
  /** Deno's permission flags for it. */
  readonly permissions: readonly string[];
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/** A started subject. */
export interface SubjectProcess extends AsyncDisposable {
  readonly pid: number;
  /** Null when it had gone before it could be recognised, and without /proc. */
  readonly identity: SubjectIdentity | null;
  /** How it ended, null while it runs; `atMs` is epoch milliseconds. */
  readonly exit: SubjectExit | null;
  /** Settles when it has ended. */
  readonly exited: Promise<SubjectExit>;
  /** How it took being asked to end; null while it was not, absent where subjects are only killed. */
  readonly asked?: AskedToEnd | null;
  /** True once {@linkcode SubjectProcess.endGroup} or the end of the harness killed it, while it still ran. */
  readonly endedByUs: boolean;
  /**
   * Starts the warden, which ends the subject if this process is SIGKILLed from now on, also while the subject can do
   * nothing about it itself.
   */
  guard(): void;
  /** Sends a signal to the subject alone; false when it has gone. */
  signal(name: Deno.Signal): boolean;
  /** Sends a signal to the subject's whole group; false when nothing is left of it. */
  signalGroup(name: Deno.Signal): boolean;
  /** SIGKILLs the subject's group, if anything of it is left, and waits until the subject has gone. */
  endGroup(): Promise<void>;
}

/**
 * Starts the subject.
 *
 * @throws {Deno.errors.NotFound | Deno.errors.PermissionDenied | Deno.errors.NotCapable} when it cannot be started,
 *   or its spec cannot be written
 */
export function startSubject(launch: SubjectLaunch): SubjectProcess {
  const { spec } = launch;
  const specPath = `${spec.runDir}/subject-spec.json`;
  Deno.writeTextFileSync(specPath, JSON.stringify(spec, null, 2) + "\n", { mode: 0o600 });
  // The shell opens both for append; a subject that is killed before that has empty logs, not none.
  for (const path of [launch.stdoutPath, launch.stderrPath]) {
    Deno.writeFileSync(path, NOTHING, { mode: 0o600 });
  }
  const child = new Deno.Command("/bin/sh", {
    args: [
      "-c",
      LAUNCH,
      "unwedge-subject",
      launch.stdoutPath,
      launch.stderrPath,
      Deno.execPath(),
      "run",
      ...OWN_FLAGS,
      "--no-prompt",
      ...launch.permissions,
      // Port 0 because a taken port stops the start; the address goes to stderr alone, since anybody who learns it
      // can run code in the subject (PLATFORM 16).
      "--inspect=127.0.0.1:0",
      "--inspect-publish-uid=stderr",
      launch.entry.href,
      specPath,
    ],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  return new Subject(child, writeSubjectIdentity(spec.runDir, child.pid));
}

class Subject implements SubjectProcess {
  readonly pid: number;
  readonly identity: SubjectIdentity | null;
  readonly exited: Promise<SubjectExit>;
  #exit: SubjectExit | null = null;
  #killed = false;
  readonly #onUnload = () => this.#killGroup();

  constructor(child: Deno.ChildProcess, identity: SubjectIdentity | null) {
    this.pid = child.pid;
    this.identity = identity;
    this.#wardenTimer = setTimeout(() => this.guard(), WARDEN_AFTER_MS);
    this.exited = child.status.then((status) => {
      clearTimeout(this.#wardenTimer);
      const how = status.signal === null
        ? { kind: "code" as const, code: status.code }
        : { kind: "signal" as const, signal: status.signal };
      this.#exit = { atMs: epochNow(), ...how };
      return this.#exit;
    });
    globalThis.addEventListener("unload", this.#onUnload);
    // The write end of the lifeline is `child.stdin`. Nothing is ever written; it must only not be collected and
    // closed, so the promise above and this object keep the child.
    this.#child = child;
  }

  readonly #child: Deno.ChildProcess;
  readonly #wardenTimer: ReturnType<typeof setTimeout>;
  #warden: Warden | null = null;

  get exit(): SubjectExit | null {
    return this.#exit;
  }

  get endedByUs(): boolean {
    if (!this.#killed) return false;
    // A kill may hit a process that had ended by itself and was only not yet collected: its status tells.
    return this.#exit === null || (this.#exit.kind === "signal" && this.#exit.signal === "SIGKILL");
  }

  guard(): void {
    clearTimeout(this.#wardenTimer);
    if (this.#exit === null) this.#warden ??= startWarden(this.pid);
  }

  signal(name: Deno.Signal): boolean {
    return this.#send(this.pid, name);
  }

  signalGroup(name: Deno.Signal): boolean {
    return this.#send(-this.pid, name);
  }

  #send(to: number, name: Deno.Signal): boolean {
    if (this.#exit !== null) return false;
    try {
      Deno.kill(to, name);
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  async endGroup(): Promise<void> {
    this.#killGroup();
    await this.exited;
    // Once more: a grandchild that was being forked while the first kill went out.
    this.#killGroup();
    globalThis.removeEventListener("unload", this.#onUnload);
    await this.#warden?.dismiss();
    try {
      await this.#child.stdin.close();
    } catch {
      // A broken pipe: the other end has gone, which is all that was wanted.
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.endGroup();
  }

  #killGroup(): void {
    try {
      Deno.kill(-this.pid, "SIGKILL");
      if (this.#exit === null) this.#killed = true;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** ESRCH comes as NotFound from `Deno.kill`, or as TypeError from a child that was already collected. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof TypeError;
}
