import { assertEquals } from "@std/assert";
import { pageStacksWanted } from "./outputs_wanted.ts";
import { type RawValue, Settings } from "./settings.ts";

Deno.test("pageStacksWanted wants stacks on the page of many runs when one of the flags asks for them", () => {
  const wanted = (flags: Record<string, RawValue>) => {
    const sources = { flags: new Map(Object.entries(flags)), env: () => undefined, config: {} };
    return pageStacksWanted(new Settings(sources));
  };
  assertEquals(wanted({}), null);
  assertEquals(wanted({ stacks: "none", "internal-frames": true }), null);
  assertEquals(wanted({ stacks: "top" }), { stacks: "top", internalFrames: false });
  assertEquals(wanted({ "internal-frames": true }), { stacks: "folded", internalFrames: true });
  assertEquals(wanted({ "internal-frames": false }), null);
});
