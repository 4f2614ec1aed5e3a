import { assertEquals } from "@std/assert";
import { makersIn } from "./openers.ts";

function named(text: string, name = "BroadcastChannel") {
  return makersIn(text, name)?.map(({ offset, named }) => [text.slice(offset, offset + 8), named]);
}

Deno.test("makersIn finds each call that makes something, with the name that it is given", () => {
  const both = 'const a = new BroadcastChannel("config"); new globalThis.BroadcastChannel(name);';
  assertEquals(named(both), [["new Broa", "config"], ["new glob", null]]);
  assertEquals(named("// new BroadcastChannel\nimport 'x';"), []);
  const asked = "if (typeof BroadcastChannel === 'x' || a instanceof BroadcastChannel) f();";
  assertEquals(named(asked), []);
  assertEquals(named("setInterval(() => {}, 5)", "setInterval"), [["setInter", null]]);
});

Deno.test("makersIn knows nothing of what may be made under another name", () => {
  for (
    const other of [
      "const B = BroadcastChannel; new B('config');",
      "class Config extends BroadcastChannel {}",
      "const { BroadcastChannel: B } = globalThis;",
      "new globalThis['BroadcastChannel']('config');",
      "library.make(BroadcastChannel)",
      "app.BroadcastChannel()",
      "not JavaScript",
    ]
  ) {
    assertEquals(named(`new BroadcastChannel('config');\n${other}`), undefined, other);
  }
  const timers = "import { setInterval } from 'node:timers/promises'; setInterval(5);";
  assertEquals(named(timers, "setInterval"), undefined);
});
