import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SubjectOutput } from "./subject_output.ts";
import { stripAnsi } from "../protocol/text.ts";

const BANNER = "Debugger listening on ws://127.0.0.1:1234/abc-def\n" +
  "Visit chrome://inspect to connect to the debugger.\n";

function inTempDir(run: (output: SubjectOutput) => void): void {
  const dir = Deno.makeTempDirSync({ prefix: "unwedge-output-" });
  try {
    run(new SubjectOutput(dir));
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

Deno.test("SubjectOutput.wsUrl finds the inspector's address, and is null before it is said", () =>
  inTempDir((output) => {
    assertEquals(output.wsUrl, null);
    append(output.stderrPath, BANNER.slice(0, 30));
    assertEquals(output.wsUrl, null);
    append(output.stderrPath, BANNER.slice(30));
    assertEquals(output.wsUrl, "ws://127.0.0.1:1234/abc-def");
  }));

Deno.test("SubjectOutput.wsUrl does not believe an address that the subject prints later", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER + "Debugger listening on ws://127.0.0.1:1/forged\n");
    assertEquals(output.wsUrl, "ws://127.0.0.1:1234/abc-def");
  }));

Deno.test("SubjectOutput.tail leaves out the inspector's lines and ANSI, and nothing else", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER + "\u001b[31mDebugger listening\u001b[0m to music\nlast");
    append(output.stdoutPath, "a\u001b[1;32mb\u001b[0mc\n");
    assertEquals(output.tail(), { stdout: "abc\n", stderr: "Debugger listening to music\nlast" });
  }));

Deno.test("SubjectOutput.tail shows each state of a line that was written over, and moves no cursor", () =>
  inTempDir((output) => {
    append(output.stdoutPath, "10 %\r20 %\r\ndone\u0008\u009b2J\n");
    assertEquals(output.tail().stdout, "10 %\n20 %\ndone\ufffd\n");
  }));

Deno.test("SubjectOutput.tail begins with a whole line of a long log", () =>
  inTempDir((output) => {
    append(output.stdoutPath, `${"ä".repeat(200)}\n`.repeat(500));
    const { stdout } = output.tail();
    assert(stdout.length > 30_000 && stdout.length <= 64 * 1024);
    assertEquals(stdout.split("\n")[0], "ä".repeat(200));
  }));

Deno.test("SubjectOutput.bound cuts a log that floods and keeps its end and the address", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER + "x\n".repeat(50_000) + "the last line\n");
    output.bound(100_000);
    assertEquals(Deno.statSync(output.stderrPath).size, 0);
    append(output.stderrPath, "and one more\n");
    assertEquals(output.wsUrl, "ws://127.0.0.1:1234/abc-def");
    const { stderr } = output.tail();
    assertStringIncludes(stderr, "the last line\nand one more\n");
    assertStringIncludes(stderr, "bytes of stderr before this were dropped]");
    output.clean();
    assertEquals(Deno.readTextFileSync(output.stderrPath), stderr);
  }));

Deno.test("SubjectOutput.bound keeps the order of lines that are written while it cuts", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER);
    append(output.stdoutPath, "flood\n".repeat(20_000));
    const truncate = Deno.truncateSync;
    Deno.truncateSync = (path, length) => {
      truncate(path, length);
      append(output.stdoutPath, "the last line\n");
    };
    try {
      output.bound(100_000);
    } finally {
      Deno.truncateSync = truncate;
    }
    assertEquals(output.tail().stdout.endsWith("flood\nthe last line\n"), true);
  }));

Deno.test("SubjectOutput.bound leaves logs alone that are short", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER);
    append(output.stdoutPath, "x".repeat(1_000));
    output.bound(1_000);
    assertEquals(Deno.statSync(output.stdoutPath).size, 1_000);
  }));

Deno.test("SubjectOutput.waitsForDebugger notices a subject that only waits for a client to go", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER);
    assertEquals(output.waitsForDebugger, false);
    append(output.stderrPath, "x".repeat(10_000) + "\nWaiting for the debugger to disconnect...\n");
    assertEquals(output.waitsForDebugger, true);
  }));

Deno.test("SubjectOutput.clean rewrites both logs without ANSI and the inspector's lines", () =>
  inTempDir((output) => {
    append(output.stderrPath, BANNER + "\u001b[31merror\u001b[0m: no\n");
    append(output.stdoutPath, "\u001b]0;title\u0007text\n");
    output.clean();
    assertEquals(Deno.readTextFileSync(output.stderrPath), "error: no\n");
    assertEquals(Deno.readTextFileSync(output.stdoutPath), "text\n");
  }));

Deno.test("stripAnsi removes escape sequences of every common kind", () => {
  const sequences = [
    "\u001b[0m",
    "\u001b[38;5;245m",
    "\u001b[?25l",
    "\u001b[2K",
    "\u001b]8;;http://x\u001b\\",
    "\u001b]0;t\u0007",
    "\u009b1m",
    "\u001b7",
    "\u001bM",
  ];
  for (const sequence of sequences) assertEquals(stripAnsi(`a${sequence}b`), "ab", sequence);
  assertEquals(stripAnsi("[0m is text"), "[0m is text");
});
