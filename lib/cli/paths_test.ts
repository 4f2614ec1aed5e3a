import { assertEquals } from "@std/assert";
import { fromFileUrl, resolve, shortest, toFileUrl } from "./paths.ts";

Deno.test("resolve makes a path absolute and folds dots", () => {
  assertEquals(resolve("/a/./b/../c.ts"), "/a/c.ts");
  assertEquals(resolve("./x y.ts"), `${Deno.cwd()}/x y.ts`);
  assertEquals(resolve("a#b?c%20.ts"), `${Deno.cwd()}/a#b?c%20.ts`);
});

Deno.test("toFileUrl and fromFileUrl are each other's inverse", () => {
  for (const path of ["/a/b.ts", "/ü/x y#1?.ts", "/100%/a%20b.ts"]) {
    assertEquals(fromFileUrl(toFileUrl(path)), path);
  }
});

Deno.test("shortest is relative below the working directory only", () => {
  assertEquals(shortest(`${Deno.cwd()}/a/b`), "a/b");
  assertEquals(shortest("/elsewhere/b"), "/elsewhere/b");
});
