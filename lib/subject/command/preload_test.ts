import { assertEquals, assertMatch } from "@std/assert";
import { Preload } from "./preload.ts";
import { isReport } from "./report.ts";

const UNREAD = /--inspect-publish-uid=, /;
const HTTP = /--inspect-publish-uid=http /;

function optionsFor(command: readonly string[], inherited?: string): string {
  const parent = Deno.makeTempDirSync({ prefix: "unwedge-test-" });
  const runDir = `${parent}/a "quoted" \\path`;
  Deno.mkdirSync(runDir);
  try {
    using preload = new Preload(runDir, command);
    return preload.prepare(inherited);
  } finally {
    assertEquals([...Deno.readDirSync(runDir)], []);
    Deno.removeSync(parent, { recursive: true });
  }
}

Deno.test("Preload keeps the user's own NODE_OPTIONS, last, and quotes its path", () => {
  const options = optionsFor(["node"], "--title=mine");
  assertMatch(
    options,
    /--require ".*a \\"quoted\\" \\\\path\/processes\/preload.cjs" --title=mine$/,
  );
  assertEquals(/--title/.test(optionsFor(["node"], "  ")), false);
});

Deno.test("Preload publishes addresses only for Deno without all permissions, and where Node may start", () => {
  const path = Deno.env.get("PATH") ?? "";
  const secret = [
    ["deno", "run", "-A", "x.ts"],
    ["/usr/bin/deno", "test", "--allow-all"],
    ["deno", "run", "-qA", "x.ts"],
    ["deno", "task", "dev"],
  ];
  const published = [
    ["deno", "x.ts"],
    ["/usr/bin/deno", "run", "--allow-net", "x.ts"],
    ["node", "x.mjs"],
    ["sh", "-c", "deno run -A x.ts"],
  ];
  const directory = Deno.makeTempDirSync({ prefix: "unwedge-test-" });
  try {
    Deno.env.set("PATH", directory);
    for (const command of secret) assertMatch(optionsFor(command), UNREAD, command.join(" "));
    for (const command of published) assertMatch(optionsFor(command), HTTP, command.join(" "));
    Deno.writeTextFileSync(`${directory}/node`, "");
    for (const command of secret) assertMatch(optionsFor(command), HTTP, command.join(" "));
  } finally {
    Deno.env.set("PATH", path);
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("isReport takes addresses on this machine only", () => {
  const report = (url: unknown) => isReport({ runtime: "deno", url });
  assertEquals(["ws://127.0.0.1:9229/a-b", null].map(report), [true, true]);
  const others = ["ws://10.0.0.1:9229/a", "ws://127.0.0.1.evil:1/a", "http://127.0.0.1:1/a", 7];
  assertEquals(others.map(report), others.map(() => false));
  assertEquals([null, {}, { runtime: "bun", url: null }].map(isReport), [false, false, false]);
});
