/**
 * Reads keys from the terminal, in a process of its own that can be ended at any moment.
 *
 * `Deno.stdin.read()` cannot be taken back: a read that still waits when the run is over swallows what was typed for
 * the shell, and one that waits while the job is moved to the background stops it at once (SIGTTIN). A child that reads
 * (`cat`) is killed, and nobody reads any more. It costs about 1 ms.
 *
 * What it has read by then was typed while the run had the terminal, and is lost with it: nothing can be given back to a
 * terminal (TIOCSTI is switched off in today's kernels). A reader that only looks whether there is a key (`select`) was
 * considered and rejected: it would need a second round trip for each key.
 *
 * @module
 */

import { type Key, keysOf } from "./keys.ts";

/** Ctrl-C, Ctrl-\ and Ctrl-Z reach the whole foreground group; the reader must outlive them. */
const READ = "trap '' INT QUIT TSTP; exec cat";

/** What is told of the keys. */
export interface KeyListener {
  key(key: Key): void;
  /** Nobody can press a key any more: the terminal has gone. */
  end(): void;
}

/** A reader at work. */
export interface KeyReader {
  /** Ends it; no key is told any more. Resolves when it does not read any more. */
  stop(): Promise<void>;
  /** The same without waiting, for when this process ends now. */
  kill(): void;
}

/** @throws {Deno.errors.NotFound | Deno.errors.NotCapable} when no process can be had */
export function readKeys(listener: KeyListener): KeyReader {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", READ],
    stdin: "inherit",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let stopped = false;
  const kill = () => {
    stopped = true;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has gone already.
    }
  };
  const reading = (async () => {
    for await (const bytes of child.stdout) {
      for (const key of keysOf(bytes)) if (!stopped) listener.key(key);
    }
    if (!stopped) listener.end();
  })();
  return {
    kill,
    stop: async () => {
      kill();
      await Promise.all([reading, child.status]);
    },
  };
}
