/**
 * The tests that have begun and not ended, as runners keep them: the function of a runner that awaits a test's body has
 * the object of the test in its hands, and that has its name, and the test or suite around it.
 *
 * @module
 */

import { type HeapGraph, NONE } from "./heap_graph.ts";
import type { Suspended } from "./promise_table.ts";
import type { Scripts } from "./scripts.ts";

/** A function of a runner that is suspended until a test has ended, and where it has the test. */
interface Runner {
  readonly file: RegExp;
  readonly fn: string;
  /** What it was called on, or its first parameter. */
  readonly test: "receiver" | "parameter";
  /** Class of the object. */
  readonly is: string;
  /** The property of a test that has what is around it. */
  readonly around: string;
}

const RUNNERS: readonly Runner[] = [
  {
    file: /^ext:cli\/40_test\.js$/,
    fn: "innerWrapped",
    test: "parameter",
    is: "Object",
    around: "parent",
  },
  {
    file: /^node:internal\/test_runner\/test$/,
    fn: "run",
    test: "receiver",
    is: "Test",
    around: "parent",
  },
  {
    file: /\/node_modules\/@vitest\/runner\//,
    fn: "runTest",
    test: "parameter",
    is: "Object",
    around: "suite",
  },
  {
    file: /\/node_modules\/jest-circus\//,
    fn: "_runTest",
    test: "parameter",
    is: "Object",
    around: "parent",
  },
];

const DEEPEST = 20;

/** By the object of a suspended function of a runner: the test that it awaits, below what is around that. */
export function runningTests(
  graph: HeapGraph,
  suspended: readonly Suspended[],
  scripts: Scripts,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const { node, closure } of suspended) {
    const fn = graph.name(closure);
    if (!RUNNERS.some((each) => each.fn === fn)) continue;
    const file = scripts.fileOf(closure);
    const runner = RUNNERS.find((each) => each.fn === fn && each.file.test(file));
    if (runner === undefined) continue;
    const test = runner.test === "receiver"
      ? graph.child(node, "receiver")
      : firstParameter(graph, node);
    if (test === NONE || graph.type(test) !== "object" || graph.name(test) !== runner.is) continue;
    found.set(node, chain(graph, test, runner.around));
  }
  return found;
}

/** V8 keeps the parameters of a suspended call before its registers. */
function firstParameter(graph: HeapGraph, node: number): number {
  const registers = graph.child(node, "parameters_and_registers");
  if (registers === NONE) return NONE;
  const [from, to] = graph.edges(registers);
  for (let edge = from; edge < to; edge++) {
    if (graph.edgeType(edge) === "internal" && graph.edgeName(edge) === "0") {
      return graph.target(edge);
    }
  }
  return NONE;
}

/** The outermost first. */
function chain(graph: HeapGraph, test: number, around: string): readonly number[] {
  const all = [test];
  for (let at = graph.child(test, around); at !== NONE; at = graph.child(at, around)) {
    if (graph.type(at) !== "object" || all.includes(at) || all.length === DEEPEST) break;
    all.unshift(at);
  }
  return all;
}

/** What runners call that in which all tests of a file are. */
const ROOTS: readonly string[] = ["<root>", "ROOT_DESCRIBE_BLOCK"];

/** The names of a test and of what is around it; null where its own is not known. */
export function testNames(
  test: readonly number[],
  nameOf: (node: number) => string | undefined,
): readonly string[] | null {
  if (nameOf(test.at(-1) ?? NONE) === undefined) return null;
  return test.flatMap((node, n) => {
    const name = nameOf(node);
    return name === undefined || name === "" || (n === 0 && ROOTS.includes(name)) ? [] : [name];
  });
}
