/**
 * The names that are completed as they are at this moment: scenarios, classes, runs, subjects, parameters.
 *
 * Invariant: nothing here throws, and nothing takes long; a person waits with a finger on the key. What cannot be had
 * is left out.
 *
 * @module
 */

import { DEFAULTS } from "../defaults.ts";
import { describeScenarios, findScenario, shippedScenarios } from "../catalog.ts";

/** A name and what it is, in a few words. */
export interface CompletionCandidate {
  readonly value: string;
  readonly about: string;
}

/** Loading a scenario takes some 100 ms; one that never loads must not hold the prompt. */
const DESCRIBE_BOUND_MS = 3_000;

/** The scenarios, with the summaries that stand in their files. None is loaded for it: 22 would take half a second. */
export function scenarios(): CompletionCandidate[] {
  return attempt(() =>
    shippedScenarios().map(({ name, url }) => ({ value: name, about: summaryOf(url) }))
  );
}

/** The classes of hangs. */
export async function classes(): Promise<CompletionCandidate[]> {
  const { CLASSES } = await import("../../diagnose/classes/registry.ts");
  return CLASSES.map(({ name, summary }) => ({ value: name, about: summary }));
}

/** Saved runs below the working directory, the latest first. */
export function runs(): CompletionCandidate[] {
  const ids = attempt(() =>
    [...Deno.readDirSync(`${DEFAULTS.baseDir}/runs`)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name).sort().reverse()
  );
  return ids.map((id) => ({ value: `.unwedge/runs/${id}`, about: runName(id) }));
}

/** Subjects and other processes of Deno that could be looked into. */
export async function processes(): Promise<CompletionCandidate[]> {
  const { readProcessTable } = await import("../../os/process_table.ts");
  const look = readProcessTable();
  if (look.kind !== "ok") return [];
  return [...look.table.processes.values()]
    .filter(({ command, pid, state }) =>
      pid !== Deno.pid && state !== "Z" && /(?:^|\/)deno$/.test(command[0] ?? "") &&
      !command.includes("__complete")
    )
    .map(({ pid, command }) => ({
      value: String(pid),
      about: command.slice(1).filter((word) => !word.startsWith("-")).join(" ").slice(0, 80),
    }));
}

/** The parameters of scenarios, as `KEY=`, once each. Takes a process: the scenarios have to be loaded. */
export async function parameters(names: readonly string[]): Promise<CompletionCandidate[]> {
  try {
    const files = await Promise.all(names.map(findScenario));
    const described = await describeScenarios(files, AbortSignal.timeout(DESCRIBE_BOUND_MS));
    const params = described.flatMap((each) => each.ok ? Object.entries(each.facts.params) : []);
    return [...new Map(params.toReversed())].toReversed()
      .map(([key, { about, default: usual }]) => ({
        value: `${key}=`,
        about: `${about} (default ${usual})`,
      }));
  } catch {
    return [];
  }
}

function summaryOf(url: string): string {
  const text = attemptText(() => Deno.readTextFileSync(new URL(url)));
  const literal = /^\s*summary:\s*("(?:[^"\\]|\\.)*")/m.exec(text)?.[1];
  return attemptText(() => literal === undefined ? "" : String(JSON.parse(literal)));
}

/** `20261122T141627-304-ps64` as `2026-11-22 14:16:27`. */
function runName(id: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(id)?.slice(1);
  if (parts === undefined) return "";
  const [year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second} UTC`;
}

function attempt<T>(make: () => T[]): T[] {
  try {
    return make();
  } catch {
    return [];
  }
}

function attemptText(make: () => string): string {
  try {
    return make();
  } catch {
    return "";
  }
}
