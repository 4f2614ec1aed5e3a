/**
 * What a program without records waits for: the branches of its await trees, each from the function at the top down to
 * the promise at its end.
 *
 * Invariant: only what main's work is held up by counts. Where its module has not come to its end, that is what the module
 * awaits; else everything that its functions await.
 *
 * @module
 */

import type { Dump, Position } from "../../model/dump.ts";
import type { AwaitNode, Settler } from "../../model/process_dump.ts";
import type { Facts } from "../facts.ts";
import { grantedIn } from "./lock_requests.ts";

/** A function of the program that is suspended in an await, or a module. */
export interface Call {
  /** `(module)` for code outside of functions. */
  readonly name: string;
  readonly at: Position;
  readonly node: AwaitNode;
}

/** One branch. */
export interface Branch {
  /** `main`, `worker-1`. */
  readonly isolate: string;
  /** Functions of the program, the one at the top first. Never empty. */
  readonly calls: readonly [Call, ...Call[]];
  /** Names of functions of the runtime below the last of them. */
  readonly through: readonly string[];
  /** Who could settle the promise at its end; empty where none was found. */
  readonly settlers: readonly Settler[];
  readonly proven: boolean;
  /** The function above, of this branch, that is awaited again at its end; null for a branch that does not close. */
  readonly closesAt: string | null;
}

/** The branches of an isolate that hold up its work; null where its heap was not read. */
export function branchesOf(dump: Dump | null, isolate: string): readonly Branch[] | null {
  const branches = branchesIn(dump, isolate);
  if (branches === null) return null;
  const ofModule = branches.filter(({ calls: [{ node }] }) => node.what === "module");
  return ofModule.length > 0 ? ofModule : branches;
}

/** All branches of an isolate; null where its heap was not read. */
export function branchesIn(dump: Dump | null, isolate: string): readonly Branch[] | null {
  const found = dump?.awaits?.find((each) => each.isolate === isolate);
  return found?.tree.flatMap((node) => below(node, isolate, [], [])) ?? null;
}

/** Those of main. */
export function mainBranches({ dump, journal }: Facts): readonly Branch[] {
  return journal === false ? branchesOf(dump, "main") ?? [] : [];
}

/** The function at whose await a branch ends. */
export function lastCall({ calls }: Branch): Call {
  return calls.at(-1) ?? calls[0];
}

function below(
  node: AwaitNode,
  isolate: string,
  calls: readonly Call[],
  through: readonly string[],
): Branch[] {
  const call = callOf(node);
  const path = call === null ? calls : [...calls, call];
  const names = call !== null ? [] : node.name === "" ? through : [...through, node.name];
  // That its lock may be stolen is no wait.
  const awaits = grantedIn(node) ?? node.awaits;
  if (awaits.length > 0) return awaits.flatMap((each) => below(each, isolate, path, names));
  const [first, ...others] = path;
  if (first === undefined) return [];
  const { kind, name, settlers = [], proven = false } = node;
  const closesAt = kind === "cycle" && calls.some((each) => each.name === name) ? name : null;
  return [{ isolate, calls: [first, ...others], through: names, settlers, proven, closesAt }];
}

function callOf(node: AwaitNode): Call | null {
  const { kind, what, name, position, internal } = node;
  if (kind !== "function" || internal || position === null) return null;
  const shown = what === "module" ? "(module)" : name === "" ? "(anonymous)" : name;
  return { name: shown, at: position, node };
}
