/**
 * Which variables from outside the functions of one script can use, by what stands in its text. V8 keeps for a function
 * all variables of the scopes around it that any function uses; one that does not name a variable, nor has a function
 * inside that does, can never get at it.
 *
 * Invariant: a doubt is told as "any". That is a function with the name `eval` in it, one that is not found where it is
 * said to begin, and a text that cannot be parsed. Names may be told that are not needed, such as those of a block.
 *
 * @module
 */

import type { AnyNode, Pattern } from "acorn";

/** A script as V8 runs it. */
export interface ScriptText {
  readonly text: string;
  readonly isModule: boolean;
}

type Parse = typeof import("acorn").parse;
type Names = ReadonlySet<string>;
type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;
type Class = Extract<AnyNode, { type: "ClassDeclaration" | "ClassExpression" }>;
type Named = FunctionNode | Class;

/** Ends of lines that another might not count as such. */
const OTHER_LINE_ENDS = /\r(?!\n)|[\u2028\u2029]/;
/** Text that is code may name any variable. Of characters beyond 16 bits, V8 writes half into a snapshot. */
const DOUBTFUL = /^eval$|[\ud800-\udfff]/;
/** Variables that every function has of its own, but for an arrow function. */
const OWN = ["this", "arguments"];

/** Knows the functions of one script. */
export class NamedVariables {
  readonly #text: string;
  /** Where each line begins. */
  readonly #lines: readonly number[];
  /** Functions and classes in the order in which they begin, each with the place of the one around it, or -1. */
  readonly #found: { readonly node: Named; readonly around: number }[] = [];
  readonly #names = new Map<Named, Names>();

  private constructor(text: string, program: AnyNode) {
    this.#text = text;
    const lines = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
    this.#lines = lines;
    const named: Named[] = [];
    walk(program, (node) => {
      if (isFunction(node) || isClass(node)) named.push(node);
      return true;
    });
    named.sort((a, b) => a.start - b.start || b.end - a.end);
    const open: number[] = [];
    for (const [n, node] of named.entries()) {
      while (open.length > 0 && (named[open.at(-1) ?? 0]?.end ?? 0) <= node.start) open.pop();
      this.#found.push({ node, around: open.at(-1) ?? -1 });
      open.push(n);
    }
  }

  /** Reads a script; null when it cannot be parsed. */
  static of({ text, isModule }: ScriptText, parse: Parse): NamedVariables | null {
    if (OTHER_LINE_ENDS.test(text)) return null;
    return orNull(() =>
      new NamedVariables(
        text,
        parse(text, {
          ecmaVersion: "latest",
          sourceType: isModule ? "module" : "script",
          // A CommonJS module is the body of a function.
          allowReturnOutsideFunction: true,
          allowHashBang: true,
        }),
      )
    );
  }

  /**
   * The variables from outside that a function can use which begins at a place, as V8 counts it: from 0; null for any.
   */
  at(line: number, column: number): Names | null {
    const start = this.#lines[line];
    if (start === undefined) return null;
    const node = this.#innermost(start + column);
    if (node === null || !this.#beginsAt(node, start + column)) return null;
    const names = orNull(() => this.#namesOf(node));
    return names === null || [...names].some((name) => DOUBTFUL.test(name)) ? null : names;
  }

  #innermost(place: number): Named | null {
    let [low, high] = [0, this.#found.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#found[middle]?.node.start ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    for (let found = this.#found[low - 1]; found !== undefined; found = this.#found[found.around]) {
      if (found.node.end > place) return found.node;
    }
    return null;
  }

  /**
   * Whether V8 says of it that it begins there: of an arrow function where it does, of any other function where its
   * parameters do, and of a class or of what sets its fields where the class or an element of it does.
   */
  #beginsAt(node: Named, place: number): boolean {
    if (isClass(node)) {
      return place === node.start || node.body.body.some(({ start }) => start === place);
    }
    if (node.type === "ArrowFunctionExpression") return place === node.start;
    return place < node.body.start && this.#text[place] === "(";
  }

  #namesOf(of: Named): Names {
    const known = this.#names.get(of);
    if (known !== undefined) return known;
    const names = new Set<string>();
    walk(of, (node) => {
      if (node !== of && isFunction(node)) {
        for (const name of this.#namesOf(node)) names.add(name);
        return false;
      }
      if (node.type === "Identifier") names.add(node.name);
      if (node.type === "ThisExpression" || node.type === "Super") names.add("this");
      return true;
    });
    if (isFunction(of)) { for (const name of declaredIn(of)) names.delete(name); }
    this.#names.set(of, names);
    return names;
  }
}

/** Names that mean the same throughout a function: its parameters, and what its body declares at its top. */
function declaredIn(node: FunctionNode): Names {
  const names = new Set(node.type === "ArrowFunctionExpression" ? [] : OWN);
  for (const parameter of node.params) bind(parameter, names);
  // Defaults of parameters do not see the body.
  const isSimple = node.params.every(({ type }) => type === "Identifier");
  if (node.body.type !== "BlockStatement" || !isSimple) return names;
  for (const statement of node.body.body) {
    if (statement.type === "VariableDeclaration") {
      for (const { id } of statement.declarations) bind(id, names);
    } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
      names.add(statement.id.name);
    }
  }
  return names;
}

/** Adds what a pattern binds. */
function bind(pattern: Pattern, names: Set<string>): void {
  switch (pattern.type) {
    case "Identifier":
      names.add(pattern.name);
      break;
    case "ObjectPattern":
      for (const each of pattern.properties) {
        bind(each.type === "RestElement" ? each.argument : each.value, names);
      }
      break;
    case "ArrayPattern":
      for (const each of pattern.elements) if (each !== null) bind(each, names);
      break;
    case "RestElement":
      bind(pattern.argument, names);
      break;
    case "AssignmentPattern":
      bind(pattern.left, names);
  }
}

/** Visits a tree of syntax, but for names that are no use of a variable; `visit` says whether to go into a node. */
function walk(root: AnyNode, visit: (node: AnyNode) => boolean): void {
  const stack: AnyNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!visit(node)) continue;
    for (const [key, value] of Object.entries(node)) {
      if (isOnlyName(node, key)) continue;
      for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) stack.push(each);
    }
  }
}

function isOnlyName(node: AnyNode, key: string): boolean {
  switch (node.type) {
    case "MemberExpression":
      return key === "property" && !node.computed;
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return key === "key" && !node.computed;
    default:
      return key === "id" && (isFunction(node) || isClass(node));
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function isFunction(node: AnyNode): node is FunctionNode {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

function isClass(node: AnyNode): node is Class {
  return node.type === "ClassDeclaration" || node.type === "ClassExpression";
}

/** A syntax that the parser does not know, or that is nested too deeply, tells nothing. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
