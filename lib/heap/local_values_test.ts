import { assertEquals } from "@std/assert";
import { valueText } from "./local_values.ts";

Deno.test("valueText tells a value in 80 characters, and nothing that is in an object", () => {
  const long = valueText({ type: "string", value: '"\u001b'.repeat(500_000) });
  assertEquals([long.length, long.slice(0, 10)], [80, '"\\"\\u001b\\']);
  assertEquals(valueText({ type: "string", value: "a" }), '"a"');
  assertEquals(valueText({ type: "number", value: 7, description: "7" }), "7");
  assertEquals(valueText({ type: "number", unserializableValue: "NaN" }), "NaN");
  assertEquals(valueText({ type: "bigint", unserializableValue: "12n" }), "12n");
  assertEquals(valueText({ type: "boolean", value: false }), "false");
  assertEquals(valueText({ type: "undefined" }), "undefined");
  assertEquals(valueText({ type: "object", subtype: "null", value: null }), "null");
  const error = { className: "Error", description: "Error: password\n  at x" };
  assertEquals(valueText({ type: "object", subtype: "error", ...error }), "Error");
  assertEquals(
    valueText({ type: "function", className: "Function", description: "() => 'key'" }),
    "Function",
  );
});
