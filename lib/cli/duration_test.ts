import { assertEquals, assertThrows } from "@std/assert";
import { durationFlag, parseDuration } from "./paths.ts";
import { CommandLineError } from "./command_line_error.ts";

Deno.test("parseDuration reads every unit, fractions and sums", () => {
  const cases: [string, number][] = [
    ["0ms", 0],
    ["500ms", 500],
    ["3s", 3_000],
    ["1.5s", 1_500],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["1m30s", 90_000],
  ];
  for (const [text, ms] of cases) assertEquals(parseDuration(text, "--deadline"), ms, text);
});

Deno.test("parseDuration refuses a bare number and offers both readings of it", () => {
  const error = assertThrows(() => parseDuration("5", "--deadline"), CommandLineError);
  assertEquals(error.message, "--deadline 5: a duration needs its unit; write 5s or 5ms");
});

Deno.test("parseDuration refuses what is no duration, naming where it came from", () => {
  for (const text of ["", "s", "-5s", "5 s", "5s!", "fast", "1e3s", "5sec"]) {
    const error = assertThrows(() => parseDuration(text, "UNWEDGE_GRACE"), CommandLineError);
    assertEquals(error.message.startsWith("UNWEDGE_GRACE "), true, error.message);
  }
});

Deno.test("parseDuration refuses what a timer would count as nothing", () => {
  assertEquals(parseDuration("596h", "--deadline"), 596 * 3_600_000);
  assertThrows(() => parseDuration("597h", "--deadline"), CommandLineError, "timer");
});

Deno.test("durationFlag writes what parseDuration reads back", () => {
  for (const ms of [0, 1, 999, 1_000, 1_500, 60_000, 90_000, 3_600_000]) {
    assertEquals(parseDuration(durationFlag(ms), "x"), ms);
  }
  assertEquals(durationFlag(5_000), "5s");
  assertEquals(durationFlag(2_500), "2500ms");
});
