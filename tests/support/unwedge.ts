/**
 * Runs the command line as a person does: a process of its own, with its streams and its exit code.
 *
 * @module
 */

import { plainEnvironment } from "./environment.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
/** The same command line with a stand-in for a subject. */
export const STAND_IN = new URL("../../fixtures/programs/stand_in_main.ts", import.meta.url).href;

/** What came out of one call. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to call. */
export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Main module to run instead of `main.ts`. */
  readonly main?: string;
}

/** The command for a call, streams piped, stdin empty. The test runner's own settings do not reach it. */
export function unwedgeCommand(args: readonly string[], options: CallOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: unwedgeArgs(args, options),
    cwd: options.cwd ?? Deno.cwd(),
    env: { ...plainEnvironment(), ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** The arguments of `deno` for a call. */
export function unwedgeArgs(args: readonly string[], options: CallOptions = {}): string[] {
  return ["run", "-A", "--no-check", "--config", CONFIG, options.main ?? MAIN, ...args];
}

/** Words as a shell takes them for what they are, each wrapped in quotes if it needs them. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
  ).join(" ");
}

const CONFIG = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);

/** Calls and waits for the end. */
export async function unwedge(args: readonly string[], options: CallOptions = {}): Promise<Called> {
  const { code, stdout, stderr } = await unwedgeCommand(args, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Whether a program can be started here; the flag has it do nothing. */
export function installed(program: string, flag = "--version"): boolean {
  try {
    const command = new Deno.Command(program, { args: [flag], stdin: "null", stdout: "null" });
    return command.outputSync().success;
  } catch {
    return false;
  }
}

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/\nState:\s+Z/.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** A directory that is gone afterwards. */
export async function inTemporaryDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const path = Deno.makeTempDirSync({ prefix: "unwedge-test-" });
  try {
    await test(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

/** A test in a directory of its own. Its 120 s are far more than any takes. */
export function testInDirectory(name: string, test: (cwd: string) => Promise<void>): void {
  Deno.test(name, { timeout: 120_000 }, () => inTemporaryDirectory(test));
}
