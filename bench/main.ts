/**
 * `deno task bench [--only NAME] [--json]`: every row of the speed table, each in a process of its own, one after the
 * other. Exit code 0 when every target is kept, 1 when one is missed or a row failed, 2 on wrong usage.
 *
 * @module
 */

import { isOk, type Result, toJson, toTable } from "./report.ts";
import type { Outcome, Row } from "./row.ts";
import { ROWS } from "./rows.ts";

/** Longer than any row takes on a loaded machine; a row that wedges must not wedge the bench. */
const ROW_TIMEOUT_MS = 180_000;

const USAGE = `Usage: deno task bench [--only NAME]... [--json]

Measures the speed table: every figure is the median of interleaved rounds, as a ratio to the
baseline of the same rounds (rows whose name ends in -ms: milliseconds).

Rows:
${ROWS.map((row) => `  ${row.name.padEnd(18)} ${row.what}\n`).join("")}`;

/** What the command line asks for. */
type Request =
  | { readonly kind: "run"; readonly rows: readonly Row[]; readonly json: boolean }
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly message: string };

function parse(args: readonly string[]): Request {
  const only: Row[] = [];
  let json = false;
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === "--help" || arg === "-h") return { kind: "help" };
    if (arg === "--json") json = true;
    else if (arg === "--only" || arg.startsWith("--only=")) {
      const name = arg === "--only" ? left.shift() : arg.slice("--only=".length);
      const row = ROWS.find((candidate) => candidate.name === name);
      if (row === undefined) {
        const names = ROWS.map((candidate) => candidate.name).join(", ");
        return { kind: "usage", message: `--only ${name ?? ""}: no such row. Rows: ${names}` };
      }
      only.push(row);
    } else return { kind: "usage", message: `unknown argument ${arg}` };
  }
  return { kind: "run", rows: only.length > 0 ? only : ROWS, json };
}

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

async function main(args: readonly string[]): Promise<number> {
  const request = parse(args);
  if (request.kind === "help") {
    console.log(USAGE);
    return 0;
  }
  if (request.kind === "usage") {
    console.error(`error: ${request.message}\n\n${USAGE}`);
    return 2;
  }
  const results: Result[] = [];
  for (const row of request.rows) {
    console.error(`${row.name}: ${row.what}, against ${row.baseline}`);
    results.push({ row, outcome: await measureApart(row) });
  }
  console.log(request.json ? JSON.stringify(toJson(results), null, 2) : `\n${toTable(results)}`);
  return results.every(isOk) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
