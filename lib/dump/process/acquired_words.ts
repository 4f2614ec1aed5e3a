/**
 * Which words of shared memory a thread has taken before it came to wait for another, as far as its source tells: the
 * function in which it waits takes a word by `Atomics.compareExchange` or `Atomics.exchange`, and a function further out
 * has called it before, and not used that word again.
 *
 * Invariant: a call counts only if it was made on every way to where that function stands: it is a statement of its own,
 * in a block around that place. What a function in between may have given back unseen is not known.
 *
 * @module
 */

import type { AnyNode, CallExpression, Program } from "acorn";
import { expressionIn, nodesIn, programIn } from "../javascript.ts";

const UNREADABLE = "";
type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;

/** An expression for the array, and one for the element. */
export interface Word {
  readonly array: string;
  readonly index: string;
}

/** A function that takes the word which it is called for. */
export interface Taker {
  readonly name: string;
  readonly word: Word;
  readonly params: readonly string[];
}

/** A call by which a function has taken a word, in terms of that function. */
export interface Taken extends Word {
  /** What was called. */
  readonly callee: string;
  /** Where in the text. */
  readonly offset: number;
}

const LOOPS = [
  ...["ForStatement", "ForInStatement", "ForOfStatement", "WhileStatement", "DoWhileStatement"],
];

/** A text that could be read. */
export class Source {
  readonly text: string;
  readonly #nodes: readonly AnyNode[];

  private constructor(text: string, program: Program) {
    this.text = text;
    this.#nodes = [...nodesIn(program)];
  }

  /** Null of what is no JavaScript that can be read. */
  static of(text: string): Source | null {
    const program = programIn(text);
    return program === null ? null : new Source(text, program);
  }

  /** The function around a place where a word is waited for, if it is one that takes that word and has no bound. */
  takerAt(offset: number, word: Word): Taker | null {
    const fn = this.#functionAround(offset);
    const name = fn === null ? null : this.#nameOf(fn);
    if (fn === null || name === null) return null;
    const params = fn.params.map((each) => each.type === "Identifier" ? each.name : "");
    const inside = [...nodesIn(fn.body)];
    const takes = inside.some((node) =>
      node.type === "CallExpression" && node.callee.type === "MemberExpression" &&
      /^Atomics\s*\.\s*(?:compareExchange|exchange)$/.test(this.#textOf(node.callee)) &&
      [word.array, word.index].every((each, n) => this.#textOf(node.arguments[n]) === each)
    );
    const isBounded = inside.some((node) =>
      node.type === "CallExpression" && isAround(node, offset) && node.arguments.length > 3 &&
      /^Atomics\s*\.\s*wait$/.test(this.#textOf(node.callee))
    );
    // What is a variable of the function's own cannot be told further out.
    const own = new Set(inside.flatMap(namesSet));
    const isPlain = !params.includes("") &&
      !namesIn(word).some((each) => own.has(each) || each === UNREADABLE);
    return takes && isPlain && !isBounded ? { name, word, params } : null;
  }

  /** The words that the function around a place has taken by then, and not used again. */
  takenBefore(offset: number, taker: Taker): readonly Taken[] {
    const fn = this.#functionAround(offset);
    if (fn === null) return [];
    const inside = [...nodesIn(fn.body)];
    return inside.flatMap((block) => {
      if (block.type !== "BlockStatement" || !isAround(block, offset)) return [];
      return block.body.flatMap((statement) => {
        if (statement.type !== "ExpressionStatement" || statement.end > offset) return [];
        const { expression: call } = statement;
        const taken = call.type === "CallExpression" ? this.#taken(call, taker) : null;
        if (taken === null) return [];
        // What a loop around the place does further down, it has done in the turn before.
        const loop = inside.find((node) =>
          LOOPS.includes(node.type) && node.start >= statement.end && isAround(node, offset)
        );
        const until = Math.max(offset, loop?.end ?? 0);
        const since = inside.filter(({ start }) => start >= statement.end && start < until);
        const names = namesIn(taken);
        if (names.includes(UNREADABLE)) return [];
        const isChanged = since.some((node) => namesSet(node).some((each) => names.includes(each)));
        const isUsed = since.some((node) =>
          node.type === "CallExpression" && !isAround(node, offset) &&
          [...nodesIn(node)].some((part) => taken.marks.includes(this.#textOf(part)))
        );
        const { marks: _, ...told } = taken;
        return isChanged || isUsed ? [] : [told];
      });
    });
  }

  /** A call of the function that takes words, and what in it tells the word from others; null of another call. */
  #taken(call: CallExpression, taker: Taker): Taken & { readonly marks: string[] } | null {
    const { callee } = call;
    const isMethod = callee.type === "MemberExpression" && !callee.computed;
    const name = isMethod ? callee.property : callee;
    if (name.type !== "Identifier" && name.type !== "PrivateIdentifier") return null;
    if (name.name !== taker.name) return null;
    const given = new Map(taker.params.map((param, n) => [param, this.#textOf(call.arguments[n])]));
    if (isMethod) given.set("this", this.#textOf(callee.object));
    const { params, word } = taker;
    const own = (text: string) =>
      namesIn({ array: "", index: text }).filter((each) =>
        each === "this" || params.includes(each)
      );
    const marked = own(word.index).length > 0 ? own(word.index) : own(word.array);
    const [array, index] = [word.array, word.index].map((text) => replaced(text, given, params));
    if (marked.length === 0 || array === null || index === null) return null;
    return {
      callee: this.#textOf(callee),
      offset: name.start,
      array: array ?? "",
      index: index ?? "",
      marks: marked.map((each) => given.get(each) ?? ""),
    };
  }

  #functionAround(offset: number): FunctionNode | null {
    return this.#nodes.filter(isFunction).findLast((node) => isAround(node, offset)) ?? null;
  }

  /** Null of a function that has none. */
  #nameOf(fn: FunctionNode): string | null {
    if (fn.type !== "ArrowFunctionExpression" && fn.id) return fn.id.name;
    for (const node of this.#nodes) {
      if (node.type === "VariableDeclarator" && node.init === fn) return nameIn(node.id);
      const isMember = node.type === "MethodDefinition" || node.type === "PropertyDefinition" ||
        node.type === "Property";
      if (isMember && node.value === fn) return node.computed ? null : nameIn(node.key);
    }
    return null;
  }

  #textOf(node: AnyNode | undefined): string {
    return node === undefined ? "" : this.text.slice(node.start, node.end);
  }
}

/** An expression with what is given for its parameters in their place; null where something is not given. */
function replaced(text: string, given: ReadonlyMap<string, string>, params: readonly string[]) {
  let [result, from] = ["", 0];
  for (const { name, start, end } of namedIn(text)) {
    if (name !== "this" && !params.includes(name)) continue;
    const value = given.get(name) ?? "";
    if (value === "" || value.startsWith("...")) return null;
    result += `${text.slice(from, start)}(${value})`;
    from = end;
  }
  return result + text.slice(from);
}

/** The variables of an expression, and `this`, in their order. */
function namedIn(text: string): { name: string; start: number; end: number }[] {
  if (text === "") return [];
  const expression = expressionIn(text);
  // Such a name is none that could be known.
  if (expression === null) return [{ name: UNREADABLE, start: 0, end: text.length }];
  const nodes = [...nodesIn(expression)];
  const properties = new Set(
    nodes.flatMap((node) =>
      node.type === "MemberExpression" && !node.computed ? [node.property] : []
    ),
  );
  return nodes.flatMap((node) => {
    const { start, end } = node;
    if (node.type === "ThisExpression") return [{ name: "this", start, end }];
    return node.type === "Identifier" && !properties.has(node)
      ? [{ name: node.name, start, end }]
      : [];
  }).toSorted((a, b) => a.start - b.start);
}

function namesIn({ array, index }: Word): string[] {
  return [array, index].flatMap((text) => namedIn(text).map(({ name }) => name));
}

/** The variables that a node declares or gives another value, as far as they are plain names; all in a pattern. */
function namesSet(node: AnyNode): string[] {
  if (node.type === "VariableDeclarator") return plainNames(node.id);
  if (node.type === "AssignmentExpression") return plainNames(node.left);
  return node.type === "UpdateExpression" ? plainNames(node.argument) : [];
}

function plainNames(node: AnyNode): string[] {
  if (node.type === "MemberExpression") return [];
  return [...nodesIn(node)].flatMap((each) => each.type === "Identifier" ? [each.name] : []);
}

function nameIn(node: AnyNode): string | null {
  return node.type === "Identifier" || node.type === "PrivateIdentifier" ? node.name : null;
}

function isFunction(node: AnyNode): node is FunctionNode {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression";
}

function isAround({ start, end }: AnyNode, offset: number): boolean {
  return start <= offset && offset < end;
}
