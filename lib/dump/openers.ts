/**
 * Where the program opened what is open. No runtime keeps that; but where there is one place alone in all of its code
 * that makes such a thing, it was there.
 *
 * Invariant: a place is told only where the name of what makes it stands nowhere else in the program: a class that is
 * handed on under another name can be used anywhere.
 *
 * @module
 */

import type { AnyNode } from "acorn";
import type { OpenHandle, Position } from "../model/dump.ts";
import { nodesIn, programIn } from "./javascript.ts";
import type { RemoteObjects } from "./remote_objects.ts";

/** A call that makes something. */
export interface Maker {
  /** In the text. */
  readonly offset: number;
  /** Its first argument, if that is a plain string. */
  readonly named: string | null;
}

/** What makes objects of a class. */
const MAKERS: ReadonlyMap<string, string> = new Map([
  ["BroadcastChannel", "BroadcastChannel"],
  ["WebSocket", "WebSocket"],
  ["Worker", "Worker"],
  ["MessagePort", "MessageChannel"],
]);

/** The same handles, with the places where they were opened, as far as they are known. */
export async function withOpeners(
  objects: RemoteObjects,
  handles: readonly OpenHandle[],
): Promise<OpenHandle[]> {
  const known = new Map<string, readonly PlacedMaker[]>();
  const found: OpenHandle[] = [];
  for (const handle of handles) {
    const name = makerOf(handle);
    if (name === null || (handle.kind !== "object" && handle.kind !== "timer")) {
      found.push(handle);
      continue;
    }
    const makers = known.get(name) ?? await makersOf(objects, name);
    known.set(name, makers);
    const isChannel = handle.kind === "object" && handle.type === "BroadcastChannel";
    const fit = makers.filter(({ named }) => !isChannel || named === null || named === handle.name);
    const opened = fit.length === 1 ? fit[0]?.at ?? null : null;
    found.push(opened === null ? handle : { ...handle, opened });
  }
  return found;
}

function makerOf(handle: OpenHandle): string | null {
  if (handle.kind === "timer") return handle.repeats && handle.at !== null ? "setInterval" : null;
  return handle.kind === "object" ? MAKERS.get(handle.type) ?? null : null;
}

interface PlacedMaker extends Maker {
  readonly at: Position | null;
}

/** Empty where not all can be known. */
async function makersOf(objects: RemoteObjects, name: string): Promise<readonly PlacedMaker[]> {
  const found: PlacedMaker[] = [];
  for (const { scriptId, text } of await objects.scriptsWith(name) ?? []) {
    const makers = makersIn(text, name);
    if (makers === null) return [];
    for (const maker of makers) {
      const before = text.slice(0, maker.offset).split("\n");
      const [line, column] = [before.length - 1, before.at(-1)?.length ?? 0];
      found.push({ ...maker, at: await objects.placeAt(scriptId, line, column) });
    }
  }
  return found;
}

/** The calls in a text by which something of that name makes something; null where the name is used otherwise, too. */
export function makersIn(text: string, name: string): readonly Maker[] | null {
  const program = programIn(text);
  if (program === null) return null;
  const nodes = [...nodesIn(program)];
  const makers: Maker[] = [];
  const explained = new Set<AnyNode>();
  for (const node of nodes) {
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      const named = called(node.callee);
      if (named?.type !== "Identifier" || named.name !== name) continue;
      explained.add(named);
      const [first] = node.arguments;
      const isText = first?.type === "Literal" && typeof first.value === "string";
      makers.push({ offset: node.start, named: isText ? String(first.value) : null });
    }
    // Neither of them makes one.
    if (node.type === "BinaryExpression" && node.operator === "instanceof") {
      explained.add(node.right);
    }
    if (node.type === "UnaryExpression") explained.add(node.argument);
  }
  const isElsewhere = nodes.some((node) =>
    node.type === "Identifier"
      ? node.name === name && !explained.has(node)
      : node.type === "Literal" && node.value === name
  );
  return isElsewhere ? null : makers;
}

/** The name of what is called: `setInterval`, `globalThis.setInterval`. */
function called(callee: AnyNode): AnyNode | null {
  if (callee.type !== "MemberExpression") return callee;
  const isGlobal = callee.object.type === "Identifier" &&
    ["globalThis", "self", "window", "global"].includes(callee.object.name);
  return isGlobal && !callee.computed ? callee.property : null;
}
