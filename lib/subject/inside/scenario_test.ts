import { assertEquals, assertThrows } from "@std/assert";
import { choiceParam, ParamError } from "./scenario.ts";

Deno.test("choiceParam takes one of its words, by default the first, and refuses others", () => {
  const param = choiceParam(["calm", "wild"], "how it goes");
  assertEquals([param.default, param.read("calm"), param.read("wild")], ["calm", "calm", "wild"]);
  assertThrows(() => param.read("Wild"), ParamError, '"Wild" is not one of calm, wild');
});
