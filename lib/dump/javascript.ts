/** Reads JavaScript as V8 ran it, to see what a program does where. @module */

import { type AnyNode, parse, parseExpressionAt, type Program } from "acorn";

const OPTIONS = { ecmaVersion: "latest", checkPrivateFields: false } as const;

/** The program in a text; null of what is no JavaScript that can be read. */
export function programIn(text: string): Program | null {
  for (const sourceType of ["module", "script"] as const) {
    try {
      return parse(text, { ...OPTIONS, sourceType, allowHashBang: true });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}

/** @throws {SyntaxError} of what is no expression */
export function expressionIn(text: string): AnyNode {
  return parseExpressionAt(text, 0, OPTIONS);
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
