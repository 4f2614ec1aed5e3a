/**
 * Runs test files, each in a process of its own, several at once: `deno run -A tests/run.ts --jobs 4 FILE-SUFFIX`.
 *
 * `deno test --parallel` would run them as threads of one process. That was tried and does not do here: the tests share
 * that process's inspector, signals and working directory, and ended each other's workers. What a file prints is shown
 * when it fails. The last line is the sum, in the form of `deno test`; the exit code is 0 when nothing failed.
 *
 * @module
 */

import { parseArgs } from "node:util";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
const CONFIG = `${ROOT}tests/deno.json`;
/** `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`, or `FAILED | …`. */
const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?: \| (\d+) ignored)?/m;
const SKIPPED: ReadonlySet<string> = new Set([
  ".git",
  ".unwedge",
  "bench",
  "node_modules",
]);

interface Ran {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

const { values, positionals } = parseArgs({
  options: { jobs: { type: "string", default: "4" } },
  allowPositionals: true,
});
const started = performance.now();
const files = testFiles(ROOT).filter((path) => positionals.some((suffix) => path.endsWith(suffix)))
  .sort((a, b) => Deno.statSync(b).size - Deno.statSync(a).size);
const results: Ran[] = [];
const left = [...files];
await Promise.all(Array.from({ length: Number(values.jobs) }, async () => {
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    results.push(await run(file));
  }
}));
const total = (count: keyof Ran) => results.reduce((sum, each) => sum + each[count], 0);
const seconds = Math.round((performance.now() - started) / 1_000);
console.log(
  `\n${total("failed") === 0 ? "ok" : "FAILED"} | ${total("passed")} passed | ${
    total("failed")
  } failed | ` +
    `${total("ignored")} ignored (${seconds}s)`,
);
Deno.exit(total("failed") === 0 && files.length > 0 ? 0 : 1);

async function run(file: string): Promise<Ran> {
  const began = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-q", "--config", CONFIG, "--no-check", "-A", file],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const out = text.decode(stdout);
  const [, passed = "0", failed = "0", ignored = "0"] = SUMMARY.exec(out) ?? [];
  const took = `${((performance.now() - began) / 1_000).toFixed(1)} s`;
  console.log(
    `${code === 0 ? "ok    " : "FAILED"} ${file.slice(ROOT.length)} (${took})`,
  );
  // Indented, so that a sum of the summaries in a log does not count these failures twice.
  if (code !== 0) console.log(`${out}\n${text.decode(stderr)}`.replace(/^/gm, "  "));
  // A file that ends without a summary has failed as a whole.
  const failures = code === 0 ? 0 : Math.max(1, Number(failed));
  return { passed: Number(passed), failed: failures, ignored: Number(ignored) };
}

function testFiles(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) {
      return SKIPPED.has(name) ? [] : testFiles(`${dir}${name}/`);
    }
    return name.endsWith("_test.ts") ? [`${dir}${name}`] : [];
  });
}
