/**
 * Why a run does not get on, a line of the program at a time: first the line at which it stands, then what waits for
 * that, and so on up to the program's main task. It is read off the document alone.
 *
 * @module
 */

import { abridged } from "./words.ts";
import type { IsolateDump, Position } from "../../model/dump.ts";
import type { HangPath, PathStep } from "../../model/path.ts";
import type { Attempt } from "../../model/result.ts";
import { isolateName, waiterOf, waitWords } from "./wait_words.ts";
import { topFrame } from "./tree.ts";

/** A line of the program, and what stands there. */
export interface ChainLine {
  /** Null where the program has no line for it, or it was not seen. */
  readonly at: Position | null;
  readonly text: string;
  /** Why it does not get on. */
  readonly because: string | null;
}

/** The lines, the one to begin with first. */
export function chainOf(attempt: Attempt): readonly ChainLine[] {
  const { path, verdict, dump } = attempt;
  if (verdict === "leaked") return leakLines(attempt);
  if (path === undefined || path === null) return (dump?.isolates ?? []).flatMap(codeLine);
  if (path.kind === "cycle") return cycleLines(path);
  return deadEndLines({ ...path, because: ownReason(attempt) ?? path.because });
}

/** Evidence of these kinds says more of the end of a path than that nothing ends it. */
const SAYS_WHY: Readonly<Record<string, string>> = {
  "lost-wakeup": "wakeup",
  "waits-outside": "beside",
};

/** Null where no evidence, or more than one piece of it, could be the reason. */
function ownReason({ class: name, evidence }: Attempt): string | null {
  const kind = SAYS_WHY[name ?? ""];
  const [reason, ...others] = evidence.filter((each) => each.kind === kind && each.ref !== null);
  return reason === undefined || others.length > 0 ? null : reason.detail;
}

function deadEndLines({ steps, because }: HangPath): ChainLine[] {
  const [last, ...before] = steps.toReversed();
  return last === undefined ? [] : [{ ...told(last), because }, ...linesOf(before)];
}

/** Each line waits for the one above it, and the first for the last of the cycle. */
function cycleLines({ steps, ...path }: HangPath): ChainLine[] {
  const entry = path.kind === "cycle" ? path.entry : 0;
  const cycle = steps.slice(entry);
  const names = namesOf(cycle);
  const links = names.map((name, index) => {
    const next = names[(index + 1) % names.length];
    return index === 0 ? `${name} waits for ${next}` : `${name} for ${next}`;
  });
  const [last, ...others] = cycle.toReversed().map(told);
  if (last === undefined) return [];
  const because = names.length === 1
    ? "it waits for itself"
    : `a cycle of ${names.length}: ${abridged(links)}`;
  return [{ ...last, because }, ...others, ...linesOf(steps.slice(0, entry).toReversed())];
}

/** The tasks by their names alone, where that tells them apart. */
function namesOf(steps: readonly PathStep[]): readonly string[] {
  const short = steps.map((step) => waiterOf(step).replace(/ \(.*\)$/, ""));
  return new Set(short).size === short.length ? short : steps.map(waiterOf);
}

/** Without the steps of the runtime itself, which have no line that could be edited. */
function linesOf(steps: readonly PathStep[]): ChainLine[] {
  return steps.filter(({ at, spawnedAt }) => at !== null || spawnedAt !== null).map(told);
}

function told(step: PathStep): ChainLine {
  const { at, spawnedAt, shielded } = step;
  const started = at === null && spawnedAt !== null ? " (started here)" : "";
  const shield = shielded ? ", shielded from cancels" : "";
  return {
    at: at ?? spawnedAt,
    text: `${waiterOf(step)}${started} ${waitWords(step)}${shield}`,
    because: null,
  };
}

/** What keeps the process: threads by the line that they stand at, then what else was named. */
function leakLines({ dump, leftovers }: Attempt): ChainLine[] {
  const workers = (dump?.isolates ?? []).filter(({ kind, state }) =>
    kind === "worker" && state !== "gone"
  );
  const named = workers.filter((each) => leftovers.some((text) => isAbout(text, each)));
  const rest = leftovers.filter((text) => !named.some((each) => isAbout(text, each)));
  return [
    ...named.map(threadLine),
    ...rest.map((text) => ({ at: null, text: `stayed: ${text}`, because: null })),
  ];
}

/** Leftovers are sentences that begin with what they are about: `thread worker-1 (tid 7) of actor root/a, busy`. */
function isAbout(leftover: string, { id }: IsolateDump): boolean {
  return leftover.startsWith(`thread ${id} `);
}

/** An isolate that stands in code of the program; nothing for others. */
function codeLine(isolate: IsolateDump): ChainLine[] {
  const frame = topFrame(isolate);
  if (isolate.state !== "busy" || frame === null || frame.internal) return [];
  const { file, line, column, fn } = frame;
  const who = isolate.actor === null ? isolate.id : isolateName(isolate.actor);
  return [{ at: { file, line, column }, text: `${who} is in ${named(fn)}`, because: null }];
}

function named(fn: string): string {
  return fn === "" ? "a function without a name" : `${fn}()`;
}

function threadLine(isolate: IsolateDump): ChainLine {
  const { id, actor, state } = isolate;
  const frame = topFrame(isolate);
  const who = `the thread of ${actor === null ? id : isolateName(actor)} (${id})`;
  if (frame === null || frame.internal) {
    const doing = state === "native-blocked"
      ? "is in a native call that nothing can interrupt"
      : "is idle, and was never ended";
    return { at: null, text: `${who} ${doing}`, because: null };
  }
  const doing = state === "parked" ? "was last seen in" : "still runs, in";
  const at = { file: frame.file, line: frame.line, column: frame.column };
  return {
    at,
    text: `${who} ${doing} ${named(frame.fn)}`,
    because: null,
  };
}
