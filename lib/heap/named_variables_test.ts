import { assertEquals } from "@std/assert";
import { parse } from "acorn";
import { NamedVariables } from "./named_variables.ts";

/** What the function can use that V8 says begins at the mark, sorted; null for any. */
function namesAt(marked: string, isModule = true): readonly string[] | null {
  const at = marked.indexOf("¦");
  const before = marked.slice(0, at).split("\n");
  const text = marked.replace("¦", "");
  const names = NamedVariables.of({ text, isModule }, parse)
    ?.at(before.length - 1, before.at(-1)?.length ?? 0) ?? null;
  return names === null ? null : [...names].toSorted();
}

Deno.test("NamedVariables tells what functions name, and those inside of them", () => {
  assertEquals(namesAt("setInterval(¦() => {});"), []);
  assertEquals(namesAt("\nconst f = ¦x => { y.z = x; };"), ["y"]);
  assertEquals(namesAt("f(¦() => () => { async function* deep() { yield pool.take(); } });"), [
    "pool",
  ]);
  assertEquals(namesAt("function f¦(a, b = later) { return { a, short, key: value, [c]: 1 }; }"), [
    "c",
    "later",
    "short",
    "value",
  ]);
  assertEquals(namesAt("({ async method¦() { return outer; } })"), ["outer"]);
  assertEquals(namesAt("f(¦() => this.x + arguments[0])", false), ["arguments", "this"]);
  assertEquals(namesAt("f(function ¦() { this.x = arguments; })", false), []);
  assertEquals(namesAt("f(¦async () => `${a}${tag`${b}`}`)"), ["a", "b", "tag"]);
});

Deno.test("NamedVariables leaves out what a function declares for all of itself, and nothing else", () => {
  assertEquals(namesAt("f(¦(resolve, { a: [b = c], ...d }) => [resolve, a, b, d])"), ["a", "c"]);
  assertEquals(
    namesAt("function f¦(a) { const b = 1; let [c] = a; function d() {} d(b, c); }"),
    [],
  );
  assertEquals(namesAt("function f¦(a = b) { const b = 1; return b; }"), ["b"]);
  assertEquals(namesAt("function f¦() { { const b = 1; } return b; }"), ["b"]);
  assertEquals(namesAt("function f¦() { g((pool) => pool); return pool; }"), ["g", "pool"]);
  assertEquals(namesAt("function f¦() { g((pool) => pool); }"), ["g"]);
});

Deno.test("NamedVariables tells of a class all that stands in it", () => {
  assertEquals(namesAt("¦class A extends B { field = pool; [key] = 1; method() { return p; } }"), [
    "B",
    "key",
    "p",
    "pool",
  ]);
  assertEquals(namesAt("class A { constructor() {} ¦field = pool; }"), ["pool"]);
  assertEquals(namesAt("class A { field = pool; constructor¦() { this.x = y; } }"), ["y"]);
});

Deno.test("NamedVariables does not say what it does not know", () => {
  const unknown = [
    "f(¦() => eval(text))",
    "f(¦() => { const g = () => [eval]; })",
    "f(¦() => \u{10041})",
    "f¦(() => {})",
    "f(() => ¦{})",
    "function ¦f() {}",
    "function f() ¦{}",
    "class A { ¦}",
    "not ¦() => a language",
    "\r¦() => {}",
    "f('\u2028', ¦() => {})",
    `f(¦() => ${"[".repeat(20_000)}${"]".repeat(20_000)})`,
  ];
  assertEquals(unknown.map((text) => namesAt(text)), unknown.map(() => null));
});
