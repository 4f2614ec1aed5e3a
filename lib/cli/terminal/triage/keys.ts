/**
 * From the bytes that a terminal sends to the keys that were pressed. An arrow key sends `ESC [ A`: it must come out as
 * one key that means nothing here, and never as the letter A.
 *
 * @module
 */

/** One key. A letter stands for itself, in the case in which it was typed. */
export type Key =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "enter" }
  | { readonly kind: "escape" }
  /** Ctrl with a letter, which is in lower case. Those that the terminal makes signals of do not come here. */
  | { readonly kind: "ctrl"; readonly char: string }
  /** A key that has no meaning here: arrows, function keys, what a paste is bracketed with. */
  | { readonly kind: "other" };

const ESC = 0x1b;
/** `ESC [` and what follows, up to its final byte; or `ESC O` and one byte (keypad mode); or Alt and one byte. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character by definition
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[ -~])/;

const decoder = new TextDecoder();

/** The keys in one reading. What was read together is taken to be whole: a lone ESC at its end is the Escape key. */
export function keysOf(bytes: Uint8Array): Key[] {
  const keys: Key[] = [];
  let rest = decoder.decode(bytes);
  while (rest !== "") {
    const sequence = SEQUENCE.exec(rest)?.[0];
    const char = sequence ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    keys.push(sequence === undefined ? keyOf(char) : { kind: "other" });
    rest = rest.slice(char.length);
  }
  return keys;
}

function keyOf(char: string): Key {
  const code = char.codePointAt(0) ?? 0;
  if (char === "\r" || char === "\n") return { kind: "enter" };
  if (code === ESC) return { kind: "escape" };
  if (code >= 1 && code <= 26) return { kind: "ctrl", char: String.fromCharCode(code + 96) };
  if (code < 32 || code === 127) return { kind: "other" };
  return { kind: "char", char };
}

// Reads keys from the terminal, in a process of its own that can be ended at any moment.
//
// `Deno.stdin.read()` cannot be taken back: a read that still waits when the run is over swallows what was typed for
// the shell, and one that waits while the job is moved to the background stops it at once (SIGTTIN). A child that reads
// (`cat`) is killed, and nobody reads any more. It costs about 1 ms.
//
// What it has read by then was typed while the run had the terminal, and is lost with it: nothing can be given back to a
// terminal (TIOCSTI is switched off in today's kernels). A reader that only looks whether there is a key (`select`) was
// considered and rejected: it would need a second round trip for each key.

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
