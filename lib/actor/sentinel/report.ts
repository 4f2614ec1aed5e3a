/**
 * What a sentinel has to say: into the journal of an actor tree, and on stderr for a person.
 *
 * @module
 */

import type { JournalBody } from "../../protocol/journal_event.ts";
import type { JournalWriter } from "../../protocol/journal_writer.ts";
import type { Cause } from "./free_main.ts";
import { threadState } from "./main_thread.ts";

/** Frames that a report shows. */
const FRAMES = 12;

/** What is said of one main that does not turn. */
export interface Report {
  /** Something is about to be done. */
  acts(cause: Cause, does: string): void;
  /** What was done has had no effect. */
  inVain(cause: Cause): void;
  /** Nothing can be done. */
  helpless(cause: Cause): void;
}

/** Says what a sentinel saw and did. */
export class Reports {
  readonly #stderr: boolean;
  readonly #journal: JournalWriter | null;

  /**
   * @param stderr whether a person is to be told
   * @param journal where the runtime writes down what happens, or null
   */
  constructor(stderr: boolean, journal: JournalWriter | null) {
    this.#stderr = stderr;
    this.#journal = journal;
  }

  /** Begins to tell of a main that does not turn. */
  begin(occasion: string): Report {
    let shown = false;
    const show = (cause: Cause) => {
      if (shown) return;
      shown = true;
      this.#tell(`${occasion}: ${cause.what}${threadWords()}${frames(cause)}`);
    };
    return {
      acts: (cause, does) => {
        show(cause);
        this.#tell(does);
        const did = `${occasion}: ${cause.what}${where(cause)}: ${does}`;
        this.#remedy(did, cause.holder);
      },
      inVain: (cause) => {
        this.#tell("it does not turn even so: it awaits nothing that could be made to wait");
        const text = `sentinel: ${cause.what}${where(cause)}, and does not turn even so`;
        this.#write({ kind: "note", text });
      },
      helpless: (cause) => {
        show(cause);
        const text = `sentinel: ${occasion}: ${cause.what}${
          where(cause)
        }: nothing is done about it`;
        this.#write({ kind: "note", text });
      },
    };
  }

  /** A signal cannot be given to main: the process ends. */
  ends(signal: string): void {
    const did = `ends the process with ${signal}, which main has not taken`;
    this.#tell(did);
    this.#write({ kind: "signal-seen", signal });
    this.#remedy(did, null);
    this.#write({ kind: "signal-acted", signal, by: "sentinel" });
  }

  /** The process does not die of the signal. */
  killsHard(signal: string): void {
    const did =
      `another listener for ${signal} keeps this process from dying of it: ended it with SIGKILL`;
    this.#tell(did);
    this.#remedy(did, null);
  }

  #remedy(did: string, peer: string | null): void {
    this.#write({ kind: "remedy", remedy: "sentinel", peer, did });
  }

  #write(body: JournalBody): void {
    this.#journal?.write(body);
  }

  #tell(text: string): void {
    if (!this.#stderr) return;
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(`sentinel: ${text}\n`));
    } catch {
      // Its reader has gone. What is to be done does not depend on it.
    }
  }
}

function threadWords(): string {
  const state = threadState();
  return state === null ? "" : `, ${state}`;
}

function frames({ stack }: Cause): string {
  return stack.slice(0, FRAMES).map((frame) => `\n    ${frame}`).join("");
}

/** The innermost frame of a file. */
function where({ stack }: Cause): string {
  const frame = stack.find((frame) => frame.includes("file:")) ?? stack[0];
  return frame === undefined ? "" : ` (${frame})`;
}
