/**
 * `deno run -A main.ts repro happy` as a user types it, from the start of the process to its end, run directory and
 * subject process included. Baseline: `deno run` of an empty file. Both have been run before, so that nothing is
 * compiled for the first time.
 *
 * @module
 */

import { compare, type Figures, type Side, timed } from "../measure.ts";

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const runs = await Deno.makeTempDir({ prefix: "unwedge-bench-" });
  try {
    const main = new URL("../../main.ts", import.meta.url).href;
    let run = 0;
    const happy = command(
      "unwedge repro happy",
      () => [main, "repro", "happy", "-o", `${runs}/${++run}`],
    );
    const version = command("unwedge --version", () => [main, "--version"]);
    const empty = command("empty file", () => [
      new URL("../programs/empty.ts", import.meta.url).href,
    ]);
    return await compare(empty, [happy, version], { warmup: 2, rounds: 21 });
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

function command(name: string, args: () => string[]): Side {
  return {
    name,
    once: () =>
      timed(async () => {
        const { code, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", ...args()],
          stdin: "null",
        }).output();
        if (code !== 0) {
          throw new Error(`${name}: exit code ${code}\n${new TextDecoder().decode(stderr)}`);
        }
      }),
  };
}
