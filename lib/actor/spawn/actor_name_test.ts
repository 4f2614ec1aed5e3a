import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../errors.ts";
import { moduleUrl } from "./module_url.ts";
import { ActorNames } from "./runtime.ts";

Deno.test("take() numbers a name while it is in use, and gives it again once it is free", () => {
  const names = new ActorNames();
  assertEquals([names.take("a"), names.take("a"), names.take("a")], ["a", "a~2", "a~3"]);
  names.free("a~2");
  assertEquals(names.take("a"), "a~2");
  names.free("a");
  assertEquals(names.take("a"), "a");
  assertEquals(names.take("b"), "b");
});

Deno.test("take() refuses what cannot be a part of a path", () => {
  for (const name of ["", "a/b", "/"]) {
    assertThrows(() => new ActorNames().take(name), UsageError, "one part of a path");
  }
});

Deno.test("moduleUrl() takes whole URLs and refuses parts of them", () => {
  assertEquals(moduleUrl("file:///a.ts"), "file:///a.ts");
  assertEquals(moduleUrl(new URL("file:///a.ts")), "file:///a.ts");
  assertThrows(() => moduleUrl("./a.ts"), UsageError, 'import.meta.resolve("./a.ts")');
});
