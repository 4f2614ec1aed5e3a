/**
 * `deno task bench [--only NAME] [--json]`: every row of the speed table, each in a process of its own, one after the
 * other. Exit code 0 when every target is kept, 1 when one is missed or a row failed, 2 on wrong usage.
 *
 * @module
 */

import { flagsOrExit } from "../tools/flags.ts";
import { isOk, type Result, toJson, toTable } from "./report.ts";
import type { Outcome, Row } from "./row.ts";
import { ROWS } from "./rows.ts";

/** Longer than any row takes on a loaded machine; a row that wedges must not wedge the bench. */
const ROW_TIMEOUT_MS = 300_000;

const USAGE = `Usage: deno task bench [--only NAME,NAME] [--json]

Measures the speed table: every figure is the median of interleaved rounds, as a ratio to the
baseline of the same rounds (rows whose name ends in -ms: milliseconds).

Rows:
${ROWS.map((row) => `  ${row.name.padEnd(18)} ${row.what}\n`).join("")}`;

async function measureApart(row: Row): Promise<Outcome> {
  const entry = new URL("run_row.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", entry, row.name],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), ROW_TIMEOUT_MS);
  const { code, signal, stdout } = await child.output();
  clearTimeout(timer);
  const text = new TextDecoder().decode(stdout).trim();
  if (code === 0) return JSON.parse(text);
  return { kind: "failed", why: signal === null ? `exit code ${code}` : `ended by ${signal}` };
}

if (import.meta.main) {
  const { only, json } = flagsOrExit(USAGE, {
    only: { kind: "names", known: ROWS.map(({ name }) => name), about: "the rows" },
    json: { kind: "switch", about: "one JSON array on stdout" },
  });
  const results: Result[] = [];
  for (const row of ROWS.filter(({ name }) => only.length === 0 || only.includes(name))) {
    console.error(`${row.name}: ${row.what}, against ${row.baseline}`);
    results.push({ row, outcome: await measureApart(row) });
  }
  console.log(json ? JSON.stringify(toJson(results), null, 2) : `\n${toTable(results)}`);
  Deno.exit(results.every(isOk) ? 0 : 1);
}
