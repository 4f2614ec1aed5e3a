/**
 * What a person sees of a run while it goes on, always on stderr: one redrawn line on a terminal, plain lines
 * elsewhere, nothing with `-q`. The first of it is out before the subject is started.
 *
 * @module
 */

import type { RunEvent } from "../../../run/run_event.ts";
import type { Streams } from "../../streams.ts";

/** Shows a run while it goes on. */
export interface Progress {
  /** Something happened in an attempt (counted from 1). */
  event(attempt: number, event: RunEvent): void;
  /** What goes on now beside the events of an attempt; said again and again, so only where a line is redrawn. */
  doing?(text: string): void;
  /** An attempt is over. */
  judged(attempt: number, verdict: string): void;
  /** Something that the person has to read now, for example what a signal will do. */
  say(text: string): void;
  /** Something long that the person asked for and that stays, with its ends of lines. */
  print(text: string): void;
  /** Draws nothing until {@linkcode Progress.release}: another program has the terminal. */
  hold(): void;
  release(): void;
  /** The run is being ended, and has so long for it. */
  stopping(ms: number): void;
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

/** How to show it. */
export interface ProgressOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Whether keys are read while the run goes on, and a Ctrl-C opens the triage menu. */
  readonly keys?: boolean;
}

/** The way of showing that fits the streams. */
export async function showProgress(
  subject: ProgressSubject,
  streams: Streams,
  options: ProgressOptions,
): Promise<Progress> {
  if (options.quiet) return silent(streams);
  if (streams.errIsTerminal) {
    const { StatusLine } = await import("./status_line.ts");
    return new StatusLine(subject, streams, options.color, options.keys ?? false);
  }
  const { PlainLines } = await import("./plain_lines.ts");
  return new PlainLines(subject, streams, options.verbose);
}

/** `-q` silences progress, not the answer to a signal: the operator pressed a key and waits for it. */
function silent(streams: Streams): Progress {
  return {
    event: () => {},
    judged: () => {},
    say: (text) => streams.err(`unwedge: ${text}\n`),
    print: (text) => streams.err(text),
    hold: () => {},
    release: () => {},
    stopping: () => {},
    end: () => {},
  };
}
