/** The event stream of a run: always a file, and stdout too with `--events`. @module */

import { EventLog } from "../report/events.ts";
import type { Streams } from "./streams.ts";

/** An event log that is written to disk; closes the file when it is disposed of. */
export interface EventFile extends Disposable {
  readonly log: EventLog;
}

/** Opens `events.ndjson` of a run directory. `streams` is null when nobody reads along. */
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
