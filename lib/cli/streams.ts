/**
 * stdout for the result, stderr for everything else.
 *
 * Invariant: text that cannot be written (a reader that has gone away, a full disk) is never lost without a sign. The
 * stream is silent from then on, stderr says why if it can, a run that is under way is stopped in order, and the exit
 * code is not 0. The files of a run are written all the same.
 *
 * @module
 */

import { errorMessage } from "../protocol/error_message.ts";
import { EventLog } from "../report/events.ts";
import { variable } from "./outputs_wanted.ts";

/** The two streams as verbs use them. */
export interface Streams {
  /** Writes to stdout; in the log of GitHub Actions without what is a command there. */
  out(text: string): void;
  /** Writes to stderr; in the log of GitHub Actions without what is a command there, unless `commands` are meant. */
  err(text: string, meant?: "commands"): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Aborted when one of the two can no longer be written. */
  readonly lost: AbortSignal;
}

interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** How long to wait for a reader that is slow to empty a non-blocking pipe, before the next try. */
const RETRY_MS = 5;

/** The streams of this process. */
export function processStreams(): Streams {
  const lost = new AbortController();
  const err = writer(Deno.stderr, () => lost.abort());
  const out = writer(Deno.stdout, (why) => {
    err(`unwedge: stdout cannot be written, so the result is not all there: ${why}\n`);
    lost.abort();
  });
  const shown = variable("GITHUB_ACTIONS") === "true" ? withoutCommands : (text: string) => text;
  return {
    out: (text) => out(shown(text)),
    err: (text, meant) => err(meant === "commands" ? text : shown(text)),
    outIsTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
    lost: lost.signal,
  };
}

/** What the runner of GitHub Actions obeys: `::` at the beginning of a line, and `##[` anywhere. */
const COMMAND = /^([^\S\n]*)::|##\[/gm;

/** A text in which nothing is a command to GitHub Actions: names of a program can stand where a line begins. */
export function withoutCommands(text: string): string {
  return text.replace(
    COMMAND,
    (found, indent?: string) => found === "##[" ? "## [" : `${indent}: :`,
  );
}

/**
 * A function that writes text whole, until that fails; from then on it does nothing.
 *
 * @param onLost told why, once
 */
export function writer(sink: Sink, onLost: (why: string) => void): (text: string) => void {
  const encoder = new TextEncoder();
  let lost = false;
  return (text: string) => {
    let rest = encoder.encode(text);
    while (rest.length > 0 && !lost) {
      try {
        rest = rest.subarray(sink.writeSync(rest));
      } catch (error) {
        // Another process made the pipe non-blocking (stdio is shared with our parent): wait for the reader.
        if (error instanceof Deno.errors.WouldBlock) pause(RETRY_MS);
        else {
          lost = true;
          onLost(error instanceof Deno.errors.BrokenPipe ? GONE : errorMessage(error));
        }
      }
    }
  };
}

const GONE = "its reader has gone";

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** An event log that is written to disk; closes the file when it is disposed of. */
export interface EventFile extends Disposable {
  readonly log: EventLog;
}

/** Opens `events.ndjson` of a run directory. `streams` is null when the events go to the file alone. */
export function openEventFile(runDir: string, streams: Streams | null): EventFile {
  const path = `${runDir}/events.ndjson`;
  const file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  const encoder = new TextEncoder();
  const log = new EventLog((line) => {
    file.writeSync(encoder.encode(line));
    streams?.out(line);
  });
  return { log, [Symbol.dispose]: () => file.close() };
}
