import { assertEquals } from "@std/assert";
import { toldFromTeardown } from "./own_evidence.ts";

Deno.test("toldFromTeardown tells no negative time, and none from a teardown that was not requested", () => {
  assertEquals(toldFromTeardown(1_020.4, 1_000), "20 ms after teardown was requested");
  assertEquals(toldFromTeardown(979, 1_000), "21 ms before teardown was requested");
  assertEquals(toldFromTeardown(1_000, null), "without a request of teardown");
});
