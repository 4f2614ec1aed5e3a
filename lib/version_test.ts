import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import npm from "../package.json" with { type: "json" };
import { VERSION } from "./version.ts";

Deno.test("VERSION is the version of deno.json, and that of the npm package too", () => {
  assertEquals([VERSION, npm.version], [config.version, config.version]);
});

Deno.test("the npm package depends on the Deno that CI runs", () => {
  const ci = Deno.readTextFileSync(new URL("../.ci/run", import.meta.url));
  assertEquals(/DENO_VERSION=(\S+)/.exec(ci)?.[1], npm.optionalDependencies.deno);
});
