import { assertEquals, assertStringIncludes } from "@std/assert";
import { FLAGS } from "./flags.ts";

/** The verbs that run something. */
const RUNNING = ["repro", "diagnose", "smoke", "matrix"];

/** Flags that make sense on some of them only. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  remedy: ["repro", "diagnose"],
  "on-hang": ["repro"],
  diagnose: ["smoke"],
  repeat: ["repro", "smoke", "matrix"],
  "until-hang": ["repro"],
  "fail-fast": ["repro", "smoke", "matrix"],
  shard: ["smoke", "matrix"],
  format: ["matrix"],
};

Deno.test("FLAGS are the same on every verb that runs something, but for those that make no sense there", () => {
  const seen = FLAGS.flatMap(({ name, verbs }) => {
    const mine = RUNNING.filter((verb) => verbs.includes(verb));
    return mine.length === 0 || mine.length === RUNNING.length ? [] : [[name, mine]];
  });
  assertEquals(Object.fromEntries(seen), EXCEPTIONS);
});

Deno.test("FLAGS that are not on every verb that runs something have their reason in docs/command-line.md", () => {
  const readme = Deno.readTextFileSync(new URL("../../docs/command-line.md", import.meta.url));
  const section = /\n## The same flags on every verb\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
  for (const name of Object.keys(EXCEPTIONS)) assertStringIncludes(section, `| \`--${name}\``);
});
