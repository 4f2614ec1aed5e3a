/**
 * Hangs after public reports, as their authors would write them (`fixtures/reports/`): each gets its class, its owner and
 * its line, wherever teardown stands and whatever goes on beside; and its repair finishes.
 */

import { assertEquals } from "@std/assert";
import type { Attempt } from "../lib/model/result.ts";
import { judged, runFile } from "./support/run.ts";

const DIR = new URL("../fixtures/reports/", import.meta.url);

/** What is asked of each; the class and the owner are those that the file declares. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  crossed_locks: [""],
  deaf_request: ["", "beside=timer"],
  ended_worker: ["", "when=in-teardown", "beside=timer"],
  endless_response: ["", "when=in-teardown"],
  full_channel: ["", "when=in-teardown", "beside=timer"],
  import_cycle: ["when=in-teardown"],
  join_under_lock: ["", "when=in-teardown", "beside=timer"],
  kept_resource: ["", "when=in-teardown"],
  open_broadcast: [""],
  unread_pipe: ["", "when=in-teardown", "beside=timer"],
};

/** So many runs at once: most of them wait. */
const JOBS = 4;

interface Row {
  readonly name: string;
  readonly set: string;
  readonly wanted: string;
}

Deno.test(
  "hangs after public reports get their class, owner and line, and their repairs finish",
  {
    timeout: 240_000,
  },
  async () => {
    const rows = Object.entries(REPORTS).flatMap(([name, variants]): Row[] => [
      ...variants.map((set) => ({ name, set, wanted: declaredIn(name) })),
      { name, set: "code=repaired", wanted: "finished" },
    ]);
    const seen = new Map<Row, string>();
    const left = [...rows];
    await Promise.all(Array.from({ length: JOBS }, async () => {
      for (let row = left.shift(); row !== undefined; row = left.shift()) {
        const set = Object.fromEntries(
          row.set === "" ? [] : [row.set.split("=")],
        );
        const run = await runFile(new URL(`${row.name}.ts`, DIR), { set });
        seen.set(row, told(judged(run), row.name));
      }
    }));
    const table = (answer: (row: Row) => string | undefined) =>
      rows.map((row) => `${row.name} ${row.set}: ${answer(row)}`);
    assertEquals(table((row) => seen.get(row)), table(({ wanted }) => wanted));
  },
);

function declaredIn(name: string): string {
  const text = Deno.readTextFileSync(new URL(`${name}.ts`, DIR));
  const [, verdict, hangClass, owner] =
    /verdict: "(.+?)",\s+class: "(.+?)",\s+owner: "(.+?)"/.exec(text) ?? [];
  return `${verdict}, ${hangClass}, ${owner}, at the line`;
}

/** The answer, and whether it leads to a line that the program marks. */
function told(
  { verdict, class: hangClass, owner, path }: Attempt,
  name: string,
): string {
  if (verdict === "finished") return verdict;
  const last = path?.steps.findLast((step) => step.at !== null || step.spawnedAt !== null);
  const at = last?.at ?? last?.spawnedAt ?? null;
  const marked = at === null
    ? verdict === "leaked"
    : Deno.readTextFileSync(new URL(at.file)).split("\n")[at.line - 1]
      ?.endsWith("// HERE");
  const where = marked ? "at the line" : at === null ? "nowhere" : `at line ${at.line} of ${name}`;
  return `${verdict}, ${hangClass}, ${owner}, ${where}`;
}
