/** The tests of a program that have begun and not ended, by their names. @module */

import type { InsideDump } from "../../model/dump.ts";
import type { AwaitNode } from "../../model/process_dump.ts";
import { visible } from "./style.ts";
import { count } from "./words.ts";

/** The innermost of each branch: a test that waits for its step stands for itself in no other way. */
export function unfinishedTests(
  { awaits = [] }: { readonly awaits?: InsideDump["awaits"] },
): readonly string[] {
  const found = awaits.flatMap(({ tree }) => tree.flatMap((node) => testsBelow(node)));
  const distinct = new Set(found.map((names) => JSON.stringify(names)));
  const isOuter = (names: readonly string[]) =>
    found.some((other) =>
      other.length > names.length && names.every((name, n) => other[n] === name)
    );
  return found.filter((names) => distinct.delete(JSON.stringify(names)) && !isOuter(names))
    .map(testTitle);
}

/** `"suite > test"`. */
export function testTitle(names: readonly string[]): string {
  return `"${visible(names.join(" > "))}"`;
}

/** Which they are, in a sentence without its full stop; null where there is none. */
export function testsText(dump: { readonly awaits?: InsideDump["awaits"] }): string | null {
  const [first, ...others] = unfinishedTests(dump);
  if (first === undefined) return null;
  return others.length === 0
    ? `the test ${first} had not ended`
    : `the test ${first} and ${count(others.length, "more")} had not ended`;
}

function testsBelow(node: AwaitNode): (readonly string[])[] {
  const below = node.awaits.flatMap((each) => testsBelow(each));
  return node.test === undefined ? below : [node.test, ...below];
}
