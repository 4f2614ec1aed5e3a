/**
 * What run directories record of their subjects: those below a base directory, and those that processes name.
 *
 * Invariant: nothing here throws for the contents of a directory. A file that is missing, cut, or not written by
 * unwedge counts as absent.
 *
 * @module
 */

import { readSubjectIdentity } from "../../subject/subject_identity.ts";
import type { RunRecord } from "./find_stale.ts";

/** Deep enough for a run of a suite: `.unwedge/runs/ID/SCENARIO/DIRECTION/REPETITION`. */
const DEEPEST = 6;

/** Every directory at and below `base` in which a subject was started. */
export function runDirsBelow(base: string, depth = 0): string[] {
  const found: string[] = [];
  const deeper: string[] = [];
  try {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(base)) {
      if (isDirectory) deeper.push(`${base}/${name}`);
      else if (isFile && (name === "subject.json" || name === "subject-spec.json")) {
        if (found.length === 0) found.push(base);
      }
    }
  } catch {
    // Missing, or not readable for this user.
  }
  if (depth < DEEPEST) { for (const dir of deeper) found.push(...runDirsBelow(dir, depth + 1)); }
  return found;
}

/** What one run directory says; all null when it is gone. */
export function readRunRecord(runDir: string): RunRecord {
  return { runDir, subject: readSubjectIdentity(runDir), spec: readSpec(runDir) };
}

function readSpec(runDir: string): RunRecord["spec"] {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(`${runDir}/subject-spec.json`));
    if (typeof value !== "object" || value === null) return null;
    const { harnessPid, scenarioUrl } = value as Record<string, unknown>;
    if (typeof scenarioUrl !== "string") return null;
    return { harnessPid: typeof harnessPid === "number" ? harnessPid : null, scenarioUrl };
  } catch {
    return null;
  }
}
