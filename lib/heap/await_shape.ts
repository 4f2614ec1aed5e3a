/**
 * Branches of an await tree before they are written out: equal ones are one object, so that 100,000 equal waits take the
 * room of one.
 *
 * @module
 */

import type { LocalValue } from "../model/await_node.ts";
import type { AwaitNode } from "../model/process_dump.ts";
import type { Placed } from "./places.ts";

/** A node without its count. */
export type AwaitShape = Omit<AwaitNode, "count" | "awaits" | "values"> & {
  /** Equal for equal branches. */
  readonly id: number;
  readonly children: readonly (readonly [shape: AwaitShape, count: number])[];
  /** How many functions or promises have this description. */
  uses: number;
  /** Of the first of them that told. */
  values?: readonly LocalValue[];
  /** What is in the branch at best: 0 a function of the program's own, 1 one of a package, 2 none. */
  readonly rank: number;
  /** Whether anything in the branch belongs to the program, or could be settled by it. */
  readonly users: boolean;
};

/** What a description has beside that of its branches. */
export type OwnPart =
  & Pick<AwaitShape, "kind" | "internal">
  & Pick<Placed, "values">
  & Partial<
    Pick<
      AwaitShape,
      | "heldBy"
      | "name"
      | "what"
      | "position"
      | "positionOf"
      | "settlers"
      | "rank"
      | "aborted"
      | "test"
    >
  >;

/** A tree of more nodes is cut: branches that many others share would be repeated below each of them. */
const MOST_NODES = 20_000;
/** A branch that is deeper than this is cut: 300 awaits in a row are a recursion. */
const DEEPEST = 300;

/** The tree of several branches, equal ones once. */
export function treeOf(roots: readonly AwaitShape[]): readonly AwaitNode[] {
  const budget = { left: MOST_NODES };
  return folded(roots).map(([shape, count]) => nodeOf(shape, count, budget));
}

/** Equal shapes once each, with how many there are, in the order of the first of each. */
export function folded(shapes: readonly AwaitShape[]): (readonly [AwaitShape, number])[] {
  const counts = new Map<AwaitShape, number>();
  for (const shape of shapes) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  return [...counts];
}

function nodeOf(
  shape: AwaitShape,
  count: number,
  budget: { left: number },
  depth = 0,
): AwaitNode {
  const { id: _, children, users: __, rank: ___, uses, ...rest } = shape;
  const own = uses === 1 ? rest : { ...rest, ...anyOf(rest) };
  const cut = (budget.left-- <= 0 || depth >= DEEPEST) && children.length > 0;
  const awaits = cut
    ? [{ ...DEEPER, name: own.name }]
    : children.map(([child, n]) => nodeOf(child, n, budget, depth + 1));
  return { ...own, count, awaits };
}

const DEEPER: AwaitNode = {
  kind: "deeper",
  name: "",
  count: 1,
  position: null,
  internal: true,
  awaits: [],
};

/** Settlers that stand for several: which element of a list it is differs. */
function anyOf({ settlers }: Pick<AwaitNode, "settlers">): Pick<AwaitNode, "settlers"> {
  if (settlers === undefined) return {};
  return { settlers: settlers.map((each) => ({ ...each, path: anyElement(each.path) })) };
}

/** A path in which every element of a list reads the same. */
export function anyElement(path: string): string {
  return path.replace(/\[\d+\]/g, "[…]");
}
