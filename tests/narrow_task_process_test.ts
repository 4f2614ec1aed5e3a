/** That the task repro:narrow of deno.json has the permissions that a run needs. */

import { assertEquals } from "@std/assert";
import { plainEnvironment } from "./support/environment.ts";

/** Runs a scenario through the narrow task and gives its exit code, its class, and what it wrote to stderr. */
async function reproNarrow(name: string): Promise<{ code: number; class: unknown; err: string }> {
  const outDir = await Deno.makeTempDir({ prefix: "unwedge-narrow-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "repro:narrow", name, "--json", "--deadline", "2s", "-o", outDir],
      cwd: new URL("../", import.meta.url),
      env: plainEnvironment(),
      stdin: "null",
      signal: AbortSignal.timeout(40_000),
    }).output();
    const result = JSON.parse(new TextDecoder().decode(stdout) || "{}") as {
      scenarios?: { attempts: { class: unknown }[] }[];
    };
    return {
      code,
      class: result.scenarios?.[0]?.attempts[0]?.class,
      err: new TextDecoder().decode(stderr),
    };
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
}

const options = { timeout: 60_000 };

Deno.test("repro:narrow has the permissions for a run that finishes", options, async () => {
  const run = await reproNarrow("happy");
  assertEquals([run.code, run.class], [0, null], run.err);
});

Deno.test(
  "repro:narrow has the permissions to look into a hang and to name it",
  options,
  async () => {
    const run = await reproNarrow("non-checkpointing");
    assertEquals([run.code, run.class], [124, "orphaned-channel"], run.err);
  },
);
