/**
 * What a person sees of a run while it goes on, always on stderr: one redrawn line on a terminal, plain lines
 * elsewhere, nothing with `-q`. The first of it is out before the subject is started.
 *
 * @module
 */

import type { RunEvent } from "../../harness/run_event.ts";
import type { Streams } from "../streams.ts";

/** Shows a run while it goes on. */
export interface Progress {
  /** Something happened in an attempt (counted from 1). */
  event(attempt: number, event: RunEvent): void;
  /** An attempt is over. */
  judged(attempt: number, verdict: string): void;
  /** Something that the person has to read now, for example what a signal will do. */
  say(text: string): void;
  /** Leaves the terminal as it was. May be called twice. */
  end(): void;
}

/** What is shown about the run as a whole. */
export interface ProgressSubject {
  readonly name: string;
  readonly seed: number;
  readonly remedies: readonly string[];
  /** How many attempts there will be; Infinity when it runs until it hangs. */
  readonly attempts: number;
}

/** The way of showing that fits the streams. */
export async function showProgress(
  subject: ProgressSubject,
  streams: Streams,
  options: { readonly quiet: boolean; readonly verbose: boolean; readonly color: boolean },
): Promise<Progress> {
  if (options.quiet) return silent(streams);
  if (streams.errIsTerminal) {
    const { StatusLine } = await import("./status_line.ts");
    return new StatusLine(subject, streams, options.color);
  }
  const { PlainLines } = await import("./plain_lines.ts");
  return new PlainLines(subject, streams, options.verbose);
}

/** `-q` silences progress, not the answer to a signal: somebody pressed a key and waits for it. */
function silent(streams: Streams): Progress {
  return {
    event: () => {},
    judged: () => {},
    say: (text) => streams.err(`unwedge: ${text}\n`),
    end: () => {},
  };
}
