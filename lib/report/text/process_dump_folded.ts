/**
 * A dump as folded stacks, one line for each branch with the number of waits that it stands for, outermost first: what
 * tools for flame graphs take. What an isolate runs is a line of its own, with the number of looks that met it.
 *
 * @module
 */

import type { StackFrame } from "../../model/dump.ts";
import type { AwaitNode, ProcessDump, ProcessIsolate } from "../../model/process_dump.ts";
import { visible } from "./style.ts";
import { place } from "./words.ts";

/** How it is written. */
export interface FoldedOptions {
  /** Working directory: paths below it are written short. */
  readonly here: string;
  readonly internalFrames: boolean;
}

/** The lines, equal ones as one. */
export function processDumpFolded({ isolates }: ProcessDump, options: FoldedOptions): string {
  const counts = new Map<string, number>();
  const add = (names: readonly string[], count: number) => {
    const line = names.map(cell).join(";");
    counts.set(line, (counts.get(line) ?? 0) + count);
  };
  for (const isolate of isolates) {
    const { id, awaits } = isolate;
    for (const frames of stacks(isolate, options)) add([id, "runs", ...frames], 1);
    for (const node of awaits) walk(node, [id], node.count, options, add);
  }
  return [...counts].map(([line, count]) => `${line} ${count}\n`).join("");
}

function walk(
  node: AwaitNode,
  above: readonly string[],
  count: number,
  options: FoldedOptions,
  add: (names: readonly string[], count: number) => void,
): void {
  const name = nameOf(node, options);
  const names = name === null ? above : [...above, name];
  if (node.awaits.length === 0) return add(names, count);
  for (const child of node.awaits) walk(child, names, count * child.count, options, add);
}

/** Null for what is not shown. */
function nameOf(
  { kind, name, what, position, internal, settlers = [] }: AwaitNode,
  { here, internalFrames }: FoldedOptions,
): string | null {
  if (internal && !internalFrames) return null;
  const where = position === null ? "" : ` ${place(position, here)}`;
  switch (kind) {
    case "function":
      return `${what === "module" ? "(module)" : name || "(anonymous)"}${where}`;
    case "then":
    case "finally":
      return `.${kind}${name === "" ? "" : ` ${name}`}${where}`;
    case "race":
    case "any":
    case "all":
    case "allSettled":
      return `Promise.${kind}`;
    case "promise":
      return `a promise${
        settlers[0] === undefined ? "" : ` <- ${settlers[0].by} ${settlers[0].path}`
      }`
        .trim();
    default:
      return `(${kind})`;
  }
}

/** Of each look that met something, outermost frame first. */
function stacks({ samples }: ProcessIsolate, options: FoldedOptions): string[][] {
  return samples.map(({ frames }) =>
    frames.filter(({ internal }) => !internal || options.internalFrames)
      .map((frame) => frameName(frame, options)).toReversed()
  ).filter((names) => names.length > 0);
}

function frameName(frame: StackFrame, { here }: FoldedOptions): string {
  return `${frame.fn} ${place(frame, here)}`;
}

/** A name in which nothing ends a cell or a line. */
function cell(text: string): string {
  return visible(text).replaceAll(";", ":");
}
