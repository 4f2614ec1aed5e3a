/**
 * The innermost awaits of a program in its own code: for each the chain of functions above it, and what could settle
 * what it waits for.
 *
 * @module
 */

import type { InsideDump, Position } from "../../model/dump.ts";
import type { AwaitNode, Settler } from "../../model/process_dump.ts";
import { isPackageFile } from "../../protocol/own_code.ts";

/** A function of the program that is suspended in an await. */
export interface ProgramCall {
  /** `(module)` for code outside of functions. */
  readonly name: string;
  readonly at: Position;
}

/** A branch of a tree, from its innermost function of the program upwards. */
export interface StuckAwait extends ProgramCall {
  readonly isolate: string;
  /** The functions of the program above it, the nearest first. */
  readonly above: readonly ProgramCall[];
  /** Who could settle what it waits for; empty when nobody was found, or what it waits for is no single promise. */
  readonly settlers: readonly Settler[];
  /** Whether it is proven that the wait never ends. */
  readonly proven: boolean;
}

/** The branches, main's first; those that end in code of the program's own before those in packages. */
export function stuckAwaits(
  { awaits = [] }: { readonly awaits?: InsideDump["awaits"] },
): StuckAwait[] {
  const found = awaits.flatMap(({ isolate, tree }) =>
    tree.flatMap((node) => {
      const own = branches(node, [], isOwnCall);
      return own.length > 0 ? own : branches(node, [], () => true);
    }).map((each) => ({ isolate, ...each }))
  );
  // What two others wait for stands below each of them, and is one.
  const distinct = new Map(found.map((each) => [JSON.stringify(each), each]));
  return [...distinct.values()].toSorted((a, b) => rank(a) - rank(b));
}

type Branch = Omit<StuckAwait, "isolate">;

/**
 * @param above functions of the program above this node, the nearest first
 * @param counts which of its functions count: those in packages do where a branch has no others
 */
function branches(
  node: AwaitNode,
  above: readonly ProgramCall[],
  counts: (call: ProgramCall) => boolean,
): Branch[] {
  const call = callOf(node);
  const own = call !== null && counts(call) ? call : null;
  const path = own === null ? above : [own, ...above];
  const below = node.awaits.flatMap((each) => branches(each, path, counts));
  const deeper = own === null ? below : below.filter(({ above }) => above.length >= path.length);
  if (own === null || deeper.length > 0) return below;
  return [{ ...own, above, settlers: settlersBelow(node), proven: node.proven ?? false }];
}

function callOf({ kind, what, name, position, internal }: AwaitNode): ProgramCall | null {
  if (kind !== "function" || internal || position === null) return null;
  const shown = what === "module" ? "(module)" : name === "" ? "(anonymous)" : name;
  return { name: shown, at: position };
}

/** Of the one promise at the end of a branch that does not fork. */
function settlersBelow(node: AwaitNode): readonly Settler[] {
  const [only, ...others] = node.awaits;
  if (only === undefined) return node.settlers ?? [];
  return others.length > 0 ? [] : settlersBelow(only);
}

function isOwnCall({ at }: ProgramCall): boolean {
  return !isPackageFile(at.file);
}

/** A function that sleeps goes on by itself. */
function rank({ name, at: { file }, settlers }: StuckAwait): number {
  if (isPackageFile(file)) return 3;
  if (name === "(module)") return 2;
  return settlers[0]?.by === "timer" ? 1 : 0;
}
