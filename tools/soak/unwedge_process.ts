/** Runs the real command line as a process of its own. @module */

const MAIN = new URL("../../main.ts", import.meta.url).href;

/** What came of one call. */
export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `unwedge …args`. */
export function startUnwedge(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `unwedge …args` to its end. */
export async function callUnwedge(args: readonly string[]): Promise<Called> {
  const { code, stdout, stderr } = await startUnwedge(args).output();
  return {
    code,
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  };
}
