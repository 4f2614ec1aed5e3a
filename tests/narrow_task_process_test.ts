/**
 * What the permissions of the task repro:narrow are enough for: every verdict, and a class where another witness than
 * /proc shows it. Where none does, the class is unknown, never another.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ResultDocument } from "../lib/model/result.ts";
import { plainEnvironment } from "./support/environment.ts";

const ROOT = new URL("../", import.meta.url);

/** Runs smoke with the permissions of the task, and gives its document. */
async function smokeNarrow(names: readonly string[]): Promise<ResultDocument> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const line: string = tasks["repro:narrow"].command;
  const [deno, ...words] = line.replaceAll("'", "").split(" ");
  assertEquals([deno, words.at(-1), words.includes("-A")], ["deno", "repro", false]);
  const outDir = await Deno.makeTempDir({ prefix: "unwedge-narrow-" });
  try {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...words.slice(0, -1), "smoke", ...names, "--json", "-o", outDir],
      cwd: ROOT,
      env: plainEnvironment(),
      stdin: "null",
      signal: AbortSignal.timeout(50_000),
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert(text !== "", new TextDecoder().decode(stderr));
    return JSON.parse(text);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
}

Deno.test(
  "smoke without /proc sees each scenario as declared, or says that it does not know its class",
  { timeout: 60_000 },
  async () => {
    const names = ["happy", "non-checkpointing", "native-child", "eof-spin", "exit-leak"];
    const { scenarios, totals } = await smokeNarrow(names);
    assertEquals([scenarios.length, totals.faults], [names.length, 0]);
    const unknown: string[] = [];
    for (const { name, expected, fixedBy, attempts } of scenarios) {
      for (const { verdict, class: found, owner, missing, remedies } of attempts) {
        const fixed = fixedBy.length > 0 && fixedBy.every((each) => remedies.includes(each));
        const declared = fixed
          ? expected.withRemedies ?? { verdict: "finished", class: null, owner: null }
          : expected;
        assertEquals(verdict, declared.verdict, name);
        if (found === "unknown") {
          unknown.push(name);
          assertEquals(owner, null);
          assert(missing.some((line) => line.includes("/proc")), `${name}: ${missing}`);
        } else assertEquals([found, owner], [declared.class, declared.owner], name);
      }
    }
    const only = ["eof-spin", "native-child", "native-child"];
    assertEquals(unknown.filter((name) => only.includes(name)).toSorted(), only);
    // Abstaining from what can be seen would be no better than guessing at what cannot. A loaded machine may hide one.
    assert(unknown.length <= only.length + 1, unknown.join());
  },
);
