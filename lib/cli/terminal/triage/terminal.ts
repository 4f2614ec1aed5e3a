/**
 * The terminal while a run has it: single keys without echo, and its modes put back on every way out.
 *
 * The mode is "cbreak": Ctrl-C, Ctrl-\ and Ctrl-Z stay signals. So they mean the same as `kill` from elsewhere, work
 * while no key is read, and still work for the next program on the terminal if unwedge is SIGKILLed.
 *
 * What puts the modes back: {@linkcode Terminal.giveBack} in the ordinary course and before a stop (Ctrl-Z), and the
 * listeners for `Deno.exit` and for errors that nobody caught. After a SIGKILL the shell does, if it is our parent;
 * docs/triage.md says what is left otherwise.
 *
 * `stty` sets the modes. `Deno.stdin.setRaw` was rejected: once it was called, Deno sets them again when the process
 * exits (2.9.6), and the kernel stops a job that does so in the background (SIGTTOU).
 *
 * @module
 */

import { isForeground } from "../job.ts";

/** One key. A letter stands for itself, in the case in which it was typed. */
export type Key =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "enter" }
  | { readonly kind: "escape" }
  /** Ctrl with a letter, which is in lower case. Those that the terminal makes signals of do not come here. */
  | { readonly kind: "ctrl"; readonly char: string }
  /** A key that has no meaning here: arrows, function keys, what a paste is bracketed with. */
  | { readonly kind: "other" };

/** What is told of the keys. */
export interface KeyListener {
  key(key: Key): void;
  /** The terminal has gone, and no key comes any more. */
  end(): void;
}

/** Takes the terminal, gives it back, takes it again. */
export class Terminal implements AsyncDisposable {
  readonly #listener: KeyListener;
  readonly #atEnd = () => this.#atExit();
  #reader: KeyReader | null = null;
  /** What the modes were, as `stty` writes them. */
  #modes = "";
  #ended = false;

  constructor(listener: KeyListener) {
    this.#listener = listener;
    for (const end of ENDS) globalThis.addEventListener(end, this.#atEnd);
  }

  /** Takes the terminal, unless another job has it. Returns whether keys come now. */
  take(): boolean {
    if (this.#reader !== null) return true;
    // In the background, setting the terminal's modes would stop us (SIGTTOU).
    if (this.#ended || !isForeground()) return false;
    try {
      this.#modes = stty(`stty -g && stty ${CBREAK}`);
      this.#reader = readKeys(this.#listener);
    } catch {
      // The terminal has gone, or no process can be started: then there are no keys.
      this.#restore();
      return false;
    }
    return true;
  }

  /** Gives the terminal back: its modes are as they were and nothing reads from it when this resolves. */
  async giveBack(): Promise<void> {
    const reader = this.#reader;
    if (reader === null) return;
    this.#reader = null;
    // First: what is typed from here on waits in the terminal for the next program.
    reader.kill();
    this.#restore();
    await reader.stopped;
  }

  /** Gives it back for good. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    for (const end of ENDS) globalThis.removeEventListener(end, this.#atEnd);
    await this.giveBack();
  }

  #atExit(): void {
    if (this.#reader === null) return;
    this.#reader.kill();
    this.#restore();
  }

  #restore(): void {
    // In the background the terminal is not ours, and the shell has set its modes.
    if (this.#modes === "" || !isForeground()) return;
    try {
      stty(`stty ${this.#modes}`);
    } catch {
      // The terminal has gone.
    }
  }
}

/** Events with which a process ends. */
const ENDS = ["unload", "error", "unhandledrejection"] as const;

const CBREAK = "-brkint -icrnl -inpck -istrip -ixon cs8 -echo -icanon -iexten min 1 time 0";

/**
 * Runs `stty` on the terminal, and returns what it prints. Ctrl-C does not end it half-way.
 *
 * @throws {Error} when the terminal has gone, or no process can be started
 */
function stty(script: string): string {
  const { success, stdout } = new Deno.Command("/bin/sh", {
    args: ["-c", `trap '' INT QUIT TSTP; ${script}`],
    stdin: "inherit",
    stdout: "piped",
    stderr: "null",
  }).outputSync();
  if (!success) throw new Error("stty failed");
  return new TextDecoder().decode(stdout).trim();
}

/** Ctrl-C, Ctrl-\ and Ctrl-Z reach the whole foreground group; the reader must outlive them. */
const READ = "trap '' INT QUIT TSTP; exec cat";

interface KeyReader {
  /** Ends the reader; no key is told any more. */
  kill(): void;
  /** Resolves when it does not read any more. */
  readonly stopped: Promise<unknown>;
}

/**
 * Reads keys in another process, which can be ended at any moment.
 *
 * `Deno.stdin.read()` cannot be taken back: a read that still waits when the run is over swallows what was typed for
 * the shell, and one that waits while the job is moved to the background stops it at once (SIGTTIN). A child that reads
 * (`cat`) is killed, and nothing reads any more. It costs about 1 ms.
 *
 * What it has read by then was typed while the run had the terminal, and is lost with it: nothing can be given back to
 * a terminal (TIOCSTI is switched off in today's kernels). A reader that only looks whether there is a key (`select`)
 * was considered and rejected: it would need a second round trip for each key.
 *
 * @throws {Deno.errors.NotFound | Deno.errors.NotCapable} when no process can be started
 */
function readKeys(listener: KeyListener): KeyReader {
  let child = startReader();
  let killed = false;
  const readUntilItEnds = async (): Promise<Deno.Signal | null> => {
    for await (const bytes of child.stdout) {
      for (const key of keysOf(bytes)) if (!killed) listener.key(key);
    }
    return (await child.status).signal;
  };
  const reading = (async () => {
    let by = await readUntilItEnds();
    // A Ctrl-C that comes before the trap is set ends the reader, not the terminal.
    while (!killed && (by === "SIGINT" || by === "SIGQUIT")) {
      child = startReader();
      by = await readUntilItEnds();
    }
    if (!killed) listener.end();
  })();
  return {
    kill: () => {
      killed = true;
      try {
        child.kill("SIGKILL");
      } catch {
        // It has gone already.
      }
    },
    stopped: reading,
  };
}

function startReader(): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", {
    args: ["-c", READ],
    stdin: "inherit",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

const ESC = 0x1b;
/** `ESC [` and what follows, up to its final byte; or `ESC O` and one byte (keypad mode); or Alt and one byte. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character by definition
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[ -~])/;

const decoder = new TextDecoder();

/**
 * The keys in one reading. An arrow key sends `ESC [ A`: it comes out as one key without a meaning, and never as the
 * letter A. What was read together is taken to be whole: a lone ESC at its end is the Escape key.
 */
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
