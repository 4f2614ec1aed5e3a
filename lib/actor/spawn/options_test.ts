import { assertEquals, assertThrows } from "@std/assert";
import { REMEDIES } from "../../protocol/remedies.ts";
import { UsageError } from "../errors.ts";
import { teardownOptions } from "./options.ts";

Deno.test("teardownOptions() that are not given are half a second, and every remedy that a library may have", () => {
  const { remedies, ...bounds } = teardownOptions();
  assertEquals(bounds, { softKillMs: 500, hardKillMs: 500, joinMs: 500 });
  const wanted = REMEDIES.map(({ name }) => name).filter((name) => name !== "sentinel");
  // The inspector is opened for whoever asks for it.
  assertEquals([...teardownOptions({ reap: true }).remedies].sort(), wanted.sort());
  assertEquals([...remedies].sort(), wanted.filter((name) => name !== "reap").sort());
});

Deno.test("teardownOptions() has exactly the remedies that are named", () => {
  assertEquals([...teardownOptions({ remedies: ["reap"] }).remedies], ["reap"]);
  assertEquals([...teardownOptions({ remedies: [] }).remedies], []);
});

Deno.test("teardownOptions() accepts a bound of 0 and one without end", () => {
  const { softKillMs, hardKillMs } = teardownOptions({ softKillMs: 0, hardKillMs: Infinity });
  assertEquals([softKillMs, hardKillMs], [0, Infinity]);
});

Deno.test("teardownOptions() refuses what is no bound and no remedy", () => {
  assertThrows(() => teardownOptions({ softKillMs: -1 }), UsageError, "softKillMs");
  assertThrows(() => teardownOptions({ joinMs: NaN }), UsageError, "joinMs");
  assertThrows(() => teardownOptions({ remedies: ["x"] }), UsageError, 'no remedy "x"');
});
