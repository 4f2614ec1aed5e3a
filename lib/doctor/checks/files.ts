/**
 * Where runs are written, and what is left of earlier ones.
 *
 * @module
 */

import { type Check, type CheckGroup, type CheckOutcome, granted } from "../check.ts";
import { errorMessage } from "../../protocol/error_message.ts";

/** A run is some 100 kB, a suite some 10 MB; the last 20 runs are kept. */
const ROOMY_BYTES = 200e6;
const TIGHT_BYTES = 20e6;

const directory: Check = {
  id: "run-dir",
  name: "run directory",
  needed: true,
  why: "a run is written down before it begins: journal, dump, result",
  look: ({ baseDir }) => tryDirectory(baseDir),
};

const room: Check = {
  id: "disk",
  name: "room on the disk",
  needed: true,
  why: "a journal that cannot be written loses the timeline",
  look: async ({ baseDir }) => {
    if (!granted({ name: "read" }) || !granted({ name: "sys" })) {
      return { kind: "limited", seen: "not allowed to look (sys)", advice: "run with -A" };
    }
    const { statfsSync } = await import("node:fs");
    const { bavail, bsize } = statfsSync(nearestThere(baseDir));
    return judgeRoom(bavail * bsize);
  },
};

const shell: Check = {
  id: "shell",
  name: "/bin/sh",
  needed: true,
  why: "it opens a subject's pipes and files, and ends a subject whose harness was killed",
  look: async () => {
    if (!granted({ name: "run" })) {
      return { kind: "missing", seen: "not allowed to start it", advice: "run with -A" };
    }
    try {
      const sh = new Deno.Command("/bin/sh", { args: ["-c", "echo $((6 * 7))"], stdin: "null" });
      const { stdout } = await sh.output();
      const answer = new TextDecoder().decode(stdout).trim();
      if (answer === "42") return { kind: "ok", seen: "there, and it answers" };
      return { kind: "missing", seen: "it does not answer", advice: "install a POSIX shell" };
    } catch (error) {
      return { kind: "missing", seen: errorMessage(error), advice: "install a POSIX shell" };
    }
  },
};

const stale: Check = {
  id: "stale",
  name: "stale subjects",
  needed: false,
  why: "a subject too starved to notice that its harness ended keeps using memory and a core",
  look: async ({ baseDir }) => {
    const { sweep } = await import("../sweep/sweep.ts");
    const swept = await sweep({ baseDir, dryRun: true });
    if (swept.kind !== "ok") return { kind: "unknown", seen: swept.why, advice: "run with -A" };
    const { stale, files } = swept.report;
    if (stale.length + files.length === 0) return { kind: "ok", seen: "none" };
    const pids = stale.map(({ pid }) => pid).join(", ");
    return {
      kind: "limited",
      seen: `${stale.length} ${stale.length === 0 ? "" : `(${pids}) `}and ${files.length} files`,
      advice: "see and end them: unwedge doctor --sweep",
    };
  },
};

/** Files and what is left in them. */
export const FILE_CHECKS: CheckGroup = {
  title: "Files and processes",
  checks: [directory, room, shell, stale],
};

/**
 * Tries everything that a run does with its directory: make, write, rename, link. It removes what it made, and makes no
 * base directory where there was none.
 */
export function tryDirectory(baseDir: string): CheckOutcome {
  if (!granted({ name: "write" }) || !granted({ name: "read" })) {
    return { kind: "missing", seen: "not allowed to write and read", advice: "run with -A" };
  }
  if (isThere(baseDir) === "other") {
    const advice = `move ${baseDir} away: runs are kept in a directory of that name`;
    return { kind: "missing", seen: `${baseDir} is not a directory`, advice };
  }
  const parent = nearestThere(baseDir);
  let scratch: string | null = null;
  try {
    scratch = Deno.makeTempDirSync({ dir: parent, prefix: ".unwedge-doctor-" });
    Deno.writeTextFileSync(`${scratch}/a.tmp`, "whole\n");
    Deno.renameSync(`${scratch}/a.tmp`, `${scratch}/a`);
    Deno.symlinkSync("a", `${scratch}/latest`);
    const read = Deno.readTextFileSync(`${scratch}/latest`);
    if (read !== "whole\n") throw new Error(`wrote "whole", read ${JSON.stringify(read)}`);
    return { kind: "ok", seen: `${baseDir} can be written` };
  } catch (error) {
    const advice = "change to a directory that you can write to, or name one: repro NAME -o DIR";
    return { kind: "missing", seen: `${parent}: ${errorMessage(error)}`, advice };
  } finally {
    if (scratch !== null) Deno.removeSync(scratch, { recursive: true });
  }
}

/** Judges the free space, in bytes. */
export function judgeRoom(bytes: number): CheckOutcome {
  const seen = bytes > 10e9 ? `${Math.round(bytes / 1e9)} GB` : `${Math.round(bytes / 1e6)} MB`;
  if (bytes >= ROOMY_BYTES) return { kind: "ok", seen: `${seen} free` };
  return {
    kind: bytes < TIGHT_BYTES ? "missing" : "limited",
    seen: `${seen} free`,
    advice: "make room, or write elsewhere: repro NAME -o DIR",
  };
}

function nearestThere(path: string): string {
  for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf("/"))) {
    if (isThere(at) === "directory") return at;
  }
  return "/";
}

function isThere(path: string): "directory" | "other" | null {
  try {
    return Deno.statSync(path).isDirectory ? "directory" : "other";
  } catch {
    return null;
  }
}
