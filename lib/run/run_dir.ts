/**
 * The directory of one run: made before anything starts, so that a run that cannot be recorded is not begun.
 *
 * Invariant: a file of a run directory is whole or absent (written beside its place, then renamed), `latest` always
 * points at a directory that existed when it was written, and pruning never touches a run that may still be going on
 * or whose subject still lives.
 *
 * @module
 */

import { CannotRunError } from "../os/cannot_run.ts";
import { processAlive } from "../os/proc.ts";
import { readSubjectIdentity } from "../subject/subject_identity.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** How many runs are kept. */
export const KEPT_RUNS = 20;

/** A run without a result younger than this is taken to be going on. */
const MAY_STILL_RUN_MS = 30 * 60_000;

/** A dump may hold what is nobody else's business. */
const PRIVATE = { mode: 0o600 } as const;

/** What a run leaves behind; of a directory that the user named, only these are replaced. */
const RUN_FILES: ReadonlySet<string> = new Set([
  "journal.msgpack",
  "journal.msgpack.pauses",
  "events.ndjson",
  "result.json",
  "report.txt",
  "junit.xml",
  "dump.txt",
  "dump.json",
  "stdout.log",
  "stderr.log",
  "subject.json",
  "subject-spec.json",
]);
/** Directories of attempts, of the copies that `diagnose` makes, and of what processes of a command report. */
const RUN_FOLDERS = /^(attempts|attempt-\d+|replicas|processes)$/;

/** Where the run directory shall be. */
export type RunDirRequest =
  /** A new one under `<baseDir>/runs/`, with `<baseDir>/latest` pointing at it. */
  | { readonly kind: "fresh"; readonly baseDir: string }
  /** Exactly here; an earlier run's files in it are replaced, other files are left alone. */
  | { readonly kind: "at"; readonly path: string };

/** A run directory could not be made or written; the message is one sentence for people. */
export class RunDirError extends CannotRunError {
  override readonly name = "RunDirError";
}

/**
 * Makes the directory of one run and returns its absolute path.
 *
 * @throws {RunDirError} when it cannot be made or written, or when a subject of an earlier run still lives in it
 */
export function createRunDir(request: RunDirRequest): string {
  const path = absolute(
    request.kind === "at"
      ? request.path.replace(/(?<=.)\/+$/, "")
      : `${request.baseDir}/runs/${freshId()}`,
  );
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    refuseIfInUse(path);
    if (request.kind === "at") removeEarlierRun(path);
    // The journal must exist before anybody follows it, and creating it proves that the directory can be written.
    Deno.writeFileSync(`${path}/journal.msgpack`, new Uint8Array(), PRIVATE);
    if (request.kind === "fresh") {
      refuseIfForeign(absolute(request.baseDir), path);
      pointLatestAt(absolute(request.baseDir), path);
      prune(absolute(request.baseDir), path);
    }
  } catch (cause) {
    if (cause instanceof RunDirError) throw cause;
    throw new RunDirError(`cannot write the run directory ${path}: ${errorMessage(cause)}`, {
      cause,
    });
  }
  return path;
}

/**
 * Refuses a base that belongs to another user, who could put other files in the place of ours: what is loaded into a
 * watched program stands there. Root is let in everywhere, as by the system.
 *
 * @throws {RunDirError} when it does
 */
function refuseIfForeign(baseDir: string, path: string): void {
  const { uid } = Deno.lstatSync(`${path}/journal.msgpack`);
  if (uid === null || uid === 0) return;
  for (const each of [baseDir, `${baseDir}/runs`]) {
    const owner = Deno.lstatSync(each).uid;
    if (owner === uid || owner === 0) continue;
    Deno.removeSync(path, { recursive: true });
    throw new RunDirError(
      `${each} belongs to another user, who could change what is written there: name a directory ` +
        "of your own with -o",
    );
  }
}

/**
 * Writes a file so that a reader sees the old text, or the new, never a part.
 *
 * @param options `mode`: who may read it, before the umask; by default its owner alone
 * @throws {RunDirError} when it cannot be written
 */
export function writeAtomic(
  path: string,
  text: string | Uint8Array,
  { mode }: { readonly mode: number } = PRIVATE,
): Promise<void> {
  const temporary = `${path}.${Deno.pid}.tmp`;
  try {
    if (typeof text === "string") Deno.writeTextFileSync(temporary, text, { mode });
    else Deno.writeFileSync(temporary, text, { mode });
    Deno.renameSync(temporary, path);
    return Promise.resolve();
  } catch (cause) {
    removeIfThere(temporary);
    return Promise.reject(
      new RunDirError(`cannot write ${path}: ${errorMessage(cause)}`, { cause }),
    );
  }
}

let lastIdMicros = 0;

/**
 * Sorts as text in the order in which runs were begun: ids of this process never share a microsecond, those of others
 * are kept apart by the random part.
 */
function freshId(): string {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1_000);
  lastIdMicros = Math.max(micros, lastIdMicros + 1);
  const stamp = new Date(Math.floor(lastIdMicros / 1_000)).toISOString();
  const [date = "", millis = ""] = stamp.replace(/[-:Z]/g, "").split(".");
  const random = Math.floor(Math.random() * 36 ** 4).toString(36).padStart(4, "0");
  return `${date}-${millis}${String(lastIdMicros % 1_000).padStart(3, "0")}-${random}`;
}

/** An earlier run in the same directory must not look like part of this one. What unwedge did not write stays. */
function removeEarlierRun(path: string): void {
  const entries = [...Deno.readDirSync(path)];
  // A "report.txt" in a directory without a run is the user's.
  if (!entries.some(({ name }) => name === "events.ndjson" || name === "result.json")) return;
  for (const { name, isDirectory } of entries) {
    const mine = isDirectory ? RUN_FOLDERS.test(name) : RUN_FILES.has(name);
    if (mine) Deno.removeSync(`${path}/${name}`, { recursive: true });
  }
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

function refuseIfInUse(path: string): void {
  const subject = readSubjectIdentity(path);
  if (subject !== null && processAlive(subject.pid, subject.startTime)) {
    throw new RunDirError(
      `the run directory ${path} is in use: its subject, process ${subject.pid}, is still running ` +
        `(unwedge doctor --sweep ends it when no unwedge observes it any more)`,
    );
  }
}

function pointLatestAt(baseDir: string, path: string): void {
  const temporary = `${baseDir}/.latest-${Deno.pid}-${freshId()}`;
  Deno.symlinkSync(path.slice(baseDir.length + 1), temporary);
  try {
    Deno.renameSync(temporary, `${baseDir}/latest`);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

function prune(baseDir: string, current: string): void {
  const runs = [...Deno.readDirSync(`${baseDir}/runs`)].filter((entry) => entry.isDirectory)
    .map((entry) => entry.name).sort();
  for (const name of runs.slice(0, Math.max(0, runs.length - KEPT_RUNS))) {
    const path = `${baseDir}/runs/${name}`;
    try {
      if (path !== current && !mayStillRun(path)) Deno.removeSync(path, { recursive: true });
    } catch {
      // Another unwedge may be pruning the same run; a run that cannot be removed is no reason not to start one.
    }
  }
}

function mayStillRun(path: string): boolean {
  const subject = readSubjectIdentity(path);
  if (subject !== null && processAlive(subject.pid, subject.startTime)) return true;
  if (exists(`${path}/result.json`)) return false;
  const started = Deno.lstatSync(path).mtime?.getTime() ?? 0;
  return Date.now() - started < MAY_STILL_RUN_MS;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
