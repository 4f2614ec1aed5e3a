/**
 * stdout for the result, stderr for everything else. A reader that has gone away (EPIPE, a closed terminal) makes a
 * stream silent and nothing more: the run goes on, its files are written and the exit code stays what it is.
 *
 * @module
 */

import { EventLog } from "../report/events.ts";

/** The two streams as verbs use them. */
export interface Streams {
  /** Writes to stdout, as it stands. */
  out(text: string): void;
  /** Writes to stderr, as it stands. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
}

interface Sink {
  writeSync(bytes: Uint8Array): number;
}

/** How long to wait for a reader that is slow to empty a non-blocking pipe, before the next try. */
const RETRY_MS = 5;

/** The streams of this process. */
export function processStreams(): Streams {
  return {
    out: writer(Deno.stdout),
    err: writer(Deno.stderr),
    outIsTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
  };
}

/** A function that writes text whole, until the reader is gone; from then on it does nothing. */
export function writer(sink: Sink): (text: string) => void {
  const encoder = new TextEncoder();
  let gone = false;
  return (text: string) => {
    let rest = encoder.encode(text);
    while (rest.length > 0 && !gone) {
      try {
        rest = rest.subarray(sink.writeSync(rest));
      } catch (error) {
        // Another process made the pipe non-blocking (stdio is shared with our parent): wait for the reader.
        if (error instanceof Deno.errors.WouldBlock) pause(RETRY_MS);
        else gone = true;
      }
    }
  };
}

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
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  const log = new EventLog((line) => {
    file.writeSync(encoder.encode(line));
    streams?.out(line);
  });
  return { log, [Symbol.dispose]: () => file.close() };
}
