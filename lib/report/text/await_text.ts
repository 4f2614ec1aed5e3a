/**
 * An await tree as indented lines: each function stands above what it waits for, and the last line of a branch says
 * where what could settle it is kept.
 *
 * @module
 */

import { time } from "../../protocol/duration.ts";
import type { AwaitNode, Settler } from "../../model/process_dump.ts";
import { isPackageFile } from "../../protocol/own_code.ts";
import { count, place, shortFile } from "./words.ts";
import { type Style, visible } from "./style.ts";
import { testTitle } from "./unfinished_tests.ts";

/** How a tree is written. */
export interface AwaitTextOptions {
  readonly style: Style;
  /** Working directory: paths below it are written short. */
  readonly here: string;
  readonly internalFrames: boolean;
  /** Whether several functions of packages in a row are one line. */
  readonly foldPackages?: boolean;
}

/** Names of internal functions that are left out between two lines, at most. */
const NAMED = 4;

/** The lines of several branches. */
export function awaitLines(
  nodes: readonly AwaitNode[],
  options: AwaitTextOptions,
): readonly string[] {
  return nodes.flatMap((node) => branch(node, options, "  ", []));
}

/** @param hidden internal functions that were left out above this node */
function branch(
  node: AwaitNode,
  options: AwaitTextOptions,
  indent: string,
  hidden: readonly AwaitNode[],
): string[] {
  const [only, ...others] = node.awaits;
  const passes = !options.internalFrames && node.test === undefined &&
    (node.internal || isLink(node));
  if (passes && only !== undefined && others.length === 0) {
    return branch({ ...only, count: node.count * only.count }, options, indent, [...hidden, node]);
  }
  const row = options.foldPackages === true ? packageRow(node) : [];
  const end = row.at(-1);
  const { last, levels } = end === undefined ? innermost(node) : { last: end, levels: 1 };
  const text = `${indent}${times(node.count)}${titleOf(node, options)}${
    levels > 1 ? `, ${levels} levels deep` : ""
  }${through(hidden)}${folded(row.slice(1))}`;
  const below = last.awaits.flatMap((child) => branch(child, options, `${indent}  `, []));
  const [settler, ...more] = settlerTexts(node, options);
  if (settler === undefined) return [text, ...valueLines(node, `${indent}    `), ...below];
  if (more.length === 0) return [`${text}; ${settler}`, ...below];
  return [text, ...[settler, ...more].map((each) => `${indent}  - ${each}`), ...below];
}

/** Its locals; of a line that stands for several functions, or is below one, those of one of them. */
function valueLines({ values = [] }: AwaitNode, indent: string): string[] {
  return values.map(({ name, text }) => `${indent}${visible(name)} = ${visible(text)}`);
}

/** A promise that a handler of another one settles, or a function that is suspended itself, and nothing else. */
function isLink({ kind, settlers = [] }: AwaitNode): boolean {
  return kind === "promise" && settlers.length > 0 &&
    settlers.every(({ by }) => by === "reaction" || by === "local");
}

/** Functions and handlers of packages that follow one another from a node on; none where they are fewer than three. */
function packageRow(node: AwaitNode): readonly AwaitNode[] {
  const row: AwaitNode[] = [];
  for (let at = node; isOfPackage(at);) {
    row.push(at);
    const [next, ...others] = at.awaits;
    if (next === undefined || others.length > 0 || next.count !== 1) break;
    at = next;
  }
  while (row.at(-1)?.kind === "finally") row.pop();
  return row.length < 3 ? [] : row;
}

function isOfPackage(node: AwaitNode): boolean {
  if (node.test !== undefined) return false;
  if (node.kind === "finally" || (node.kind === "promise" && isLink(node))) return true;
  return (node.kind === "function" || node.kind === "then") && node.position !== null &&
    isPackageFile(node.position.file);
}

/** How many functions of a row are not shown, and of which packages. */
function folded(row: readonly AwaitNode[]): string {
  if (row.length === 0) return "";
  const names = row.map(({ position }) => packageOf(position?.file ?? "")).filter(Boolean);
  const packages = [...new Set(names)].map(visible).join(", ");
  return `, and ${row.length} more in ${packages} below it`;
}

/** `@scope/name` of `…/node_modules/@scope/name/index.js`. */
function packageOf(file: string): string {
  const [, name = ""] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  return name;
}

/** A function that waits for itself again and again: the innermost of them. */
function innermost(node: AwaitNode): { readonly last: AwaitNode; readonly levels: number } {
  let [last, levels] = [node, 1];
  while (node.kind === "function") {
    const [next, ...others] = last.awaits;
    if (next === undefined || others.length > 0 || next.count !== 1 || !alike(node, next)) break;
    [last, levels] = [next, levels + 1];
  }
  return { last, levels };
}

function alike(a: AwaitNode, b: AwaitNode): boolean {
  return a.kind === b.kind && a.name === b.name && a.position?.file === b.position?.file &&
    a.position?.line === b.position?.line && a.position?.column === b.position?.column;
}

function times(n: number): string {
  return n === 1 ? "" : `${n} × `;
}

function titleOf(node: AwaitNode, options: AwaitTextOptions): string {
  const pending = node.awaits.reduce((sum, each) => sum + each.count, 0);
  switch (node.kind) {
    case "function":
      return functionTitle(node, options);
    case "then":
      return `.then ${handlerTitle(node, options)}of`;
    case "finally":
      return ".finally of";
    case "race":
      return `one of ${count(pending, "promise")} (Promise.race), all pending:`;
    case "any":
    case "all":
    case "allSettled":
      return `Promise.${node.kind}, ${pending} pending:`;
    case "promise":
      return node.position === null
        ? "a promise"
        : `a promise, made at ${visible(place(node.position, options.here))}`;
    case "module":
      return "a module that is being evaluated";
    case "cycle":
      return `${visible(node.name) || "a promise"} again, which stands above: a cycle`;
    case "nothing":
      return "a promise that is settled, or gone";
    case "deeper":
      return "… deeper than is shown";
  }
}

function functionTitle(node: AwaitNode, { style, here, internalFrames }: AwaitTextOptions): string {
  if (node.test !== undefined && !internalFrames) return `test ${style.bold(testTitle(node.test))}`;
  const test = node.test === undefined ? "" : `, test ${style.bold(testTitle(node.test))}`;
  const name = visible(node.name);
  const what = node.what === "module" ? "(module)" : name === "" ? "(anonymous)" : name;
  const generator = node.what === "async generator" ? " (async generator)" : "";
  const shown = node.internal ? style.dim(what) : style.bold(what);
  return `${shown}${generator}${placeText(node, here)}${test}`;
}

function handlerTitle(node: AwaitNode, { here }: AwaitTextOptions): string {
  const name = visible(node.name);
  const where = placeText(node, here).trim();
  return name === "" && where === "" ? "" : `(${[name, where].filter(Boolean).join(" ")}) `;
}

function placeText({ position, positionOf }: AwaitNode, here: string): string {
  if (position === null) return "";
  const begins = positionOf === "function" ? "begins at " : "";
  const sample = positionOf === "sample" ? " (of those asked)" : "";
  return `  ${begins}${visible(place(position, here))}${sample}`;
}

function through(hidden: readonly AwaitNode[]): string {
  const names = hidden.map(({ name }) => visible(name))
    .filter((name) => name !== "" && !name.startsWith("__"));
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return "";
  const more = distinct.length > NAMED ? ", …" : "";
  return ` (by way of ${distinct.slice(0, NAMED).join(", ")}${more})`;
}

function settlerTexts(
  { kind, settlers = [], proven = false, heldBy = [] }: AwaitNode,
  { here }: AwaitTextOptions,
): string[] {
  if (kind !== "promise") return [];
  if (proven) return [provenText(settlers, here) + circleText(heldBy, here)];
  if (settlers.length === 0) return ["no function that could settle it was found"];
  const several = settlers.length > 1;
  return settlers.map((each) => settlerText(each, several, here));
}

/** Functions that reach what would settle a promise, and do not run before it is settled. */
function circleText(heldBy: NonNullable<AwaitNode["heldBy"]>, here: string): string {
  if (heldBy.length === 0) return "";
  const names = heldBy.map(({ name, position }) => {
    const where = position === null ? "" : ` (${visible(place(position, here))})`;
    return `${visible(name) || "a function without a name"}${where}`;
  });
  const last = names.pop();
  const all = names.length === 0 ? last : `${names.join(", ")} and ${last}`;
  return names.length === 0
    ? `; ${all} holds that, and waits for the promise itself`
    : `; ${all} hold that, and wait for the promise themselves`;
}

/** Settlers that have a place, which may be out of reach. */
const PLACED: readonly Settler["by"][] = ["variable", "global", "local", "listener"];

/** That a promise never settles, and where what would settle it is kept. */
export function provenText(settlers: readonly Settler[], here: string): string {
  const never = "it never settles (proven)";
  const kept = settlers.find(({ by, path }) => path !== "" && PLACED.includes(by));
  if (kept === undefined) return `${never}: no code that can still run holds what would settle it`;
  const where = kept.file === null ? "" : ` in ${visible(shortFile(kept.file, here))}`;
  const whose = kept.by === "local" ? " of a suspended function" : "";
  return `${never}: what would settle it is kept in ${
    visible(kept.path)
  }${whose}${where}, and no ` +
    "code that can still run reaches that";
}

/**
 * Where what settles a promise is kept, in words.
 *
 * @param both whether it is resolved from one place and rejected from another
 */
export function settlerText(settler: Settler, both: boolean, here: string): string {
  const { by, does, timerMs, file } = settler;
  const path = visible(settler.path);
  const where = file === null ? "" : ` in ${visible(shortFile(file, here))}`;
  const could = does === "reject"
    ? both ? "could be rejected" : "could only be rejected"
    : both
    ? "could be resolved"
    : "could be settled";
  switch (by) {
    case "timer":
      return `${could} by a timer${timerMs === null ? "" : ` of ${time(timerMs)}`}`;
    case "operation":
      return `${could} by an operation of the runtime that is under way`;
    case "native":
      return `${could} by native code, as when an import() ends`;
    case "variable":
      return `${could} from ${path}${where}`;
    case "local":
      return `${could} from ${path || "a local"} of a suspended function${where}`;
    case "listener":
      return `${could} by the handler of ${path}`;
    case "reaction":
      return `${could} by a handler${path === "" ? "" : ` (${path})`} of:`;
    case "global":
      return `${could} from ${path}`;
  }
}
