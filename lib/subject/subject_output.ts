/**
 * What the subject prints, kept in two files of its run directory.
 *
 * The subject writes to files, not to pipes: a full 64 KiB pipe would block its write, and the hang would then be
 * the observer's doing. Files have no end of their own, so a subject that floods is cut back: the shell opened them
 * for append, so truncating one makes the next write start at its beginning.
 *
 * @module
 */

import { plain } from "../protocol/text.ts";
import { sizeOf } from "../os/disk.ts";

/** A log longer than this is cut, while the subject runs. */
const CUT_ABOVE_BYTES = 16 * 1024 * 1024;

/** A log that is kept with the run is no longer than this. */
const FINAL_BYTES = 1024 * 1024;

/** What is kept of a log that is cut, and what a report shows at most. */
const KEEP_BYTES = 64 * 1024;

/** The inspector's address stands in the first lines: it is printed before any module is loaded. */
const HEAD_BYTES = 4096;

/** With its end of line: half an address is none. */
const LISTENING = /^Debugger listening on (ws:\/\/\S+)\r?\n/m;

const WAITING = /^Waiting for the debugger to disconnect\.\.\./m;

/** Lines that the inspector writes on the subject's stderr, and that are not the subject's own. */
const CHATTER =
  /^(Debugger listening on ws:\/\/\S+|Visit chrome:\/\/inspect to connect to the debugger\.|Debugger session (?:started|ended)\b.*|Deno is waiting for debugger to connect\.|Waiting for the debugger to disconnect\.\.\.|Debugger attached\.|Debugger ending on ws:\/\/\S+|Starting inspector on .*|For help, see: https:\/\/nodejs\.org\/\S+)\s*$/;

/** The end of what the subject printed, as text, without ANSI and without the inspector's own lines. */
export interface OutputTail {
  readonly stdout: string;
  readonly stderr: string;
}

/** Follows, bounds, cleans and quotes `stdout.log` and `stderr.log` of one run. */
export class SubjectOutput {
  readonly stdoutPath: string;
  readonly stderrPath: string;
  #wsUrl: string | null = null;
  #cutBytes = { stdout: 0, stderr: 0 };
  /** The end of what was cut off. Not written back before the end: the subject may be writing the next line by then. */
  #kept = { stdout: "", stderr: "" };

  constructor(runDir: string) {
    this.stdoutPath = `${runDir}/stdout.log`;
    this.stderrPath = `${runDir}/stderr.log`;
  }

  /** The inspector's address, or null while the subject has not said it. Looked for in the first lines only. */
  get wsUrl(): string | null {
    if (this.#wsUrl !== null) return this.#wsUrl;
    const head = readSlice(this.stderrPath, 0, HEAD_BYTES);
    this.#wsUrl = LISTENING.exec(head.text)?.[1] ?? null;
    return this.#wsUrl;
  }

  get waitsForDebugger(): boolean {
    const size = sizeOf(this.stderrPath);
    return WAITING.test(
      this.#kept.stderr +
        readSlice(this.stderrPath, Math.max(0, size - HEAD_BYTES), HEAD_BYTES).text,
    );
  }

  /** Cuts a log back that has grown too long; its last {@linkcode KEEP_BYTES} are kept. */
  bound(maxBytes: number = CUT_ABOVE_BYTES): void {
    // Before anything is cut: the address stands in what would be lost.
    if (this.wsUrl === null) return;
    for (const stream of ["stdout", "stderr"] as const) {
      const path = stream === "stdout" ? this.stdoutPath : this.stderrPath;
      const size = sizeOf(path);
      if (size <= maxBytes) continue;
      const kept = readSlice(path, size - KEEP_BYTES, KEEP_BYTES);
      Deno.truncateSync(path, 0);
      this.#cutBytes[stream] += size - kept.bytes.length + encodedLength(this.#kept[stream]);
      this.#kept[stream] = kept.text;
    }
  }

  /** The end of both logs, fit to be shown. */
  tail(): OutputTail {
    return { stdout: this.#tailOf("stdout"), stderr: this.#tailOf("stderr") };
  }

  /** Rewrites both logs without ANSI and inspector lines. Only when the subject, and its whole group, has gone. */
  clean(): void {
    this.bound(FINAL_BYTES);
    for (const stream of ["stdout", "stderr"] as const) {
      const path = stream === "stdout" ? this.stdoutPath : this.stderrPath;
      const size = sizeOf(path);
      if (size === 0 && this.#kept[stream] === "") continue;
      const text = clean(this.#kept[stream] + readSlice(path, 0, size).text);
      this.#kept[stream] = "";
      Deno.writeTextFileSync(path, this.#cutNote(stream) + text);
    }
  }

  #tailOf(stream: "stdout" | "stderr"): string {
    const path = stream === "stdout" ? this.stdoutPath : this.stderrPath;
    const size = sizeOf(path);
    const from = Math.max(0, size - KEEP_BYTES);
    const { text } = readSlice(path, from, KEEP_BYTES);
    if (from === 0) return this.#cutNote(stream) + clean(this.#kept[stream] + text);
    // A slice that begins in the middle begins in the middle of a line, or even of a character.
    return this.#cutNote(stream) + clean(text.slice(text.indexOf("\n") + 1));
  }

  #cutNote(stream: "stdout" | "stderr"): string {
    const bytes = this.#cutBytes[stream];
    return bytes === 0 ? "" : `[unwedge: ${bytes} bytes of ${stream} before this were dropped]\n`;
  }
}

function clean(text: string): string {
  const lines = plain(text).split("\n");
  return lines.filter((line) => !CHATTER.test(line)).join("\n");
}

function encodedLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function readSlice(
  path: string,
  from: number,
  length: number,
): { bytes: Uint8Array; text: string } {
  const buffer = new Uint8Array(length);
  let filled = 0;
  // What was put in its place (a pipe) may have no position, and reading it could block.
  if (!isFile(path)) return { bytes: new Uint8Array(), text: "" };
  try {
    using file = Deno.openSync(path, { read: true });
    file.seekSync(from, Deno.SeekMode.Start);
    while (filled < length) {
      const n = file.readSync(buffer.subarray(filled));
      if (n === null) break;
      filled += n;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const bytes = buffer.subarray(0, filled);
  return { bytes, text: new TextDecoder().decode(bytes) };
}
