/**
 * An interactive shell in a pseudo-terminal (util-linux `script`), for tests that press keys and wait for what is shown.
 *
 * @module
 */

import { stripAnsi } from "../../lib/report/text/style.ts";

/** A shell at its prompt. Disposing of it ends it and waits until it is gone. */
export interface TypedShell extends AsyncDisposable {
  /** Presses keys. */
  type(keys: string): Promise<void>;
  /** Waits until what was shown since the last call holds `text`. Rejects when the shell ends first. */
  shows(text: string): Promise<void>;
}

/** Whether a program can be started here. */
export function installed(program: string): boolean {
  try {
    const command = new Deno.Command(program, { args: ["--version"], stdin: "null" });
    return command.outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Starts a shell.
 *
 * @param command as for `sh -c`
 * @param options its working directory and what is added to its environment
 */
export function typedShell(
  command: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): TypedShell {
  const script = new Deno.Command("script", {
    args: ["-qfec", command, "/dev/null"],
    cwd: options.cwd,
    env: { TERM: "xterm", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const stdin = script.stdin.getWriter();
  let shown = "";
  let over = false;
  let watch = (): void => {};
  const read = (async () => {
    for await (const chunk of script.stdout.pipeThrough(new TextDecoderStream())) {
      shown += chunk;
      watch();
    }
    over = true;
    watch();
  })();
  return {
    type: (keys) => stdin.write(new TextEncoder().encode(keys)),
    shows(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      watch = () => {
        // A terminal breaks long lines where it likes.
        const plain = stripAnsi(shown).replace(/[\r\n]/g, "");
        const at = plain.indexOf(text);
        if (at >= 0) {
          shown = plain.slice(at + text.length);
          resolve();
        } else if (over) reject(new Error(`the shell ended without "${text}", showing:\n${shown}`));
      };
      watch();
      return promise.finally(() => watch = () => {});
    },
    async [Symbol.asyncDispose]() {
      try {
        script.kill("SIGHUP");
      } catch {
        // It has ended already.
      }
      await Promise.all([script.status, read, stdin.close().catch(() => {})]);
    },
  };
}
