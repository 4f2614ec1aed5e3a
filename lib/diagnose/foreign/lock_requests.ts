/**
 * Requests for Web Locks in an await tree, as Deno keeps them: one that was not granted awaits an operation; one that was
 * granted awaits its callback in a race with the operation that ends when the lock is stolen.
 *
 * @module
 */

import type { AwaitNode } from "../../model/await_node.ts";

/** What the callback of a request that was granted awaits; null of what is none. */
export function grantedIn(node: AwaitNode): readonly AwaitNode[] | null {
  if (!isRequest(node)) return null;
  const race = node.awaits.find(({ kind }) => kind === "race");
  return race?.awaits.filter((each) => !endsInOperation(each)) ?? null;
}

/** Whether it is a request, or awaits one, and all that is awaited are requests that were not granted. */
export function restsOnLocks(node: AwaitNode): boolean {
  const granted = grantedIn(node);
  if (granted !== null) return granted.length > 0 && granted.every(restsOnLocks);
  if (isRequest(node)) return endsInOperations(node);
  return node.awaits.length > 0 && node.awaits.every(restsOnLocks);
}

/** The requests that were granted, once for each. */
export function holdersIn(node: AwaitNode): readonly AwaitNode[] {
  const own = grantedIn(node) === null ? [] : Array<AwaitNode>(node.count).fill(node);
  return [...own, ...node.awaits.flatMap(holdersIn)];
}

function isRequest({ internal, name }: AwaitNode): boolean {
  return internal && name === "LockManager.request";
}

function endsInOperations({ awaits }: AwaitNode): boolean {
  return awaits.length > 0 && awaits.every(endsInOperation);
}

/** Through promises alone. */
function endsInOperation(node: AwaitNode): boolean {
  const { kind, awaits, settlers = [] } = node;
  if (kind === "function") return false;
  return awaits.length > 0
    ? endsInOperations(node)
    : settlers.length > 0 && settlers.every(({ by }) => by === "operation");
}
