/** Reads JavaScript as V8 ran it, to see what a program does where. @module */

import { type AnyNode, parse, type Program } from "acorn";

const OPTIONS = { ecmaVersion: "latest", checkPrivateFields: false } as const;

/** The program in a text; null of what is no JavaScript that can be read. */
export function programIn(text: string): Program | null {
  return read(() => parse(text, { ...OPTIONS, sourceType: "module", allowHashBang: true })) ??
    read(() => parse(text, { ...OPTIONS, sourceType: "script", allowHashBang: true }));
}

/** The expression in a text; null of what is none by itself, as one that awaits. */
export function expressionIn(text: string): AnyNode | null {
  const [statement, ...others] = read(() => parse(text, OPTIONS))?.body ?? [];
  return statement?.type === "ExpressionStatement" && others.length === 0
    ? statement.expression
    : null;
}

/** What is nested too deeply cannot be read either. */
function read<T>(parsed: () => T): T | null {
  try {
    return parsed();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/** A node and all below it, each before what is in it. */
export function* nodesIn(node: AnyNode): Generator<AnyNode> {
  const stack = [node];
  for (let each = stack.pop(); each !== undefined; each = stack.pop()) {
    yield each;
    stack.push(...Object.values(each).flat().filter(isNode).toReversed());
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string" && "start" in value;
}
