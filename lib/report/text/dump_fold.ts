/**
 * Decides which tasks of a dump are shown as one: siblings that wait for the same kind of thing at the same place, with
 * the same below them.
 *
 * Invariant: every task is in exactly one place, even when a damaged snapshot gives it no parent or has circles.
 * Nothing here recurses, so a chain of 10,000 generations does as little harm as 10,000 siblings.
 *
 * @module
 */

import type { DumpedTask } from "../../model/dump.ts";

/** A task with its children. */
export interface Node {
  /** The task itself. */
  readonly task: DumpedTask;
  /** Tasks that were spawned by it. */
  readonly children: Node[];
  /** Equal for tasks that are alike, with alike tasks below them, wherever they wait. */
  signature: number;
}

/** Builds the trees of one actor and returns their roots, every task in exactly one place. */
export function plant(tasks: readonly DumpedTask[]): Node[] {
  const nodes = new Map<string, Node>();
  for (const task of tasks) nodes.set(task.id, { task, children: [], signature: 0 });
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = node.task.parent === null ? undefined : nodes.get(node.task.parent);
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
  }
  const order = reachText(roots);
  // Tasks that no root reaches form a circle, as in a damaged snapshot; they are shown flat, so that none is lost.
  for (const node of nodes.values()) {
    if (order.has(node)) continue;
    node.children.length = 0;
    roots.push(node);
    order.add(node);
  }
  sign([...order]);
  return roots;
}

/** The nodes with all that is below them, parents first. */
export function reachText(roots: readonly Node[]): Set<Node> {
  const order = new Set(roots);
  for (const node of order) for (const child of node.children) order.add(child);
  return order;
}

/** Gives equal signatures to tasks that look alike and have alike tasks below them; children come last in `order`. */
function sign(order: readonly Node[]): void {
  const known = new Map<string, number>();
  for (const node of order.toReversed()) {
    const below = new Set(node.children.map(({ signature }) => signature));
    const text = `${look(node.task)}\n${[...below].sort((a, b) => a - b).join()}`;
    const signature = known.get(text) ?? known.size + 1;
    known.set(text, signature);
    node.signature = signature;
  }
}

/**
 * What a task is like, apart from its name, its age and its place. Tasks that wait for different locks may hold those of
 * each other.
 */
function look({ state, parkedOn, shielded, cancelled }: DumpedTask): string {
  return [
    state,
    parkedOn?.kind,
    parkedOn?.kind === "lock" ? parkedOn.resource : "",
    parkedOn?.peerState,
    shielded,
    cancelled?.source,
    cancelled?.byActor,
    cancelled?.heldByShield,
  ].join("|");
}

/** Where a task waits, or where it was created when it is not parked; empty when the dump has no position. */
function whereIs({ parkedOn, site, createdAt }: DumpedTask): string {
  const at = site ?? (parkedOn === null ? createdAt : null);
  return at === null ? "" : `${at.file}:${at.line}:${at.column}`;
}

/** Groups siblings that are to be shown as one, in the order of their first members. */
export function fold(siblings: readonly Node[]): Node[][] {
  const alike = Map.groupBy(siblings, ({ signature }) => signature);
  return [...alike.values()].flatMap((group) => {
    const byPlace = Map.groupBy(group, ({ task }) => whereIs(task));
    // Tasks without a position are put with the others like them, if those are all at one place.
    return byPlace.size === 2 && byPlace.has("") ? [group] : [...byPlace.values()];
  });
}
