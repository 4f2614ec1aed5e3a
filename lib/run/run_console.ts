/**
 * What the operator can ask of runs while they are under way: to look at one now, to have it dumped and go on, to
 * pause. One console serves every run that is given it, one after the other or at once.
 *
 * Invariant: nothing is done here. A run takes what was asked at the next place where it waits, so that two things are
 * never done to one subject at the same time.
 *
 * @module
 */

/** A run's end of the console. */
export interface ConsoleLine {
  /** Something was asked. */
  wake(): void;
  pause(): Promise<void>;
  resume(): void;
}

/** What a run finds when it looks. */
export interface ConsoleWishes extends Disposable {
  /** Taken by the run; asking twice before that is asking once. */
  takeAttention(): boolean;
  takeDump(): boolean;
  readonly any: boolean;
}

interface Entry {
  readonly line: ConsoleLine;
  attention: boolean;
  dump: boolean;
}

/** Where the operator's wishes come in. */
export class RunConsole {
  readonly #entries = new Set<Entry>();

  /**
   * `onHang` is called as soon as may be: the operator wants to look now. Nothing happens while a run waits for a
   * decision already.
   */
  attention(): void {
    for (const entry of this.#entries) {
      entry.attention = true;
      entry.line.wake();
    }
  }

  /** A dump is taken and emitted, and the run goes on. */
  dumpNow(): void {
    for (const entry of this.#entries) {
      entry.dump = true;
      entry.line.wake();
    }
  }

  /**
   * Stops the subjects and every clock; resolves when they are stopped. What is being looked at is looked at to its end
   * first, for a few seconds at most: no subject is stopped in the middle of a debugger's pause.
   */
  async pause(): Promise<void> {
    await Promise.all([...this.#entries].map(({ line }) => line.pause()));
  }

  /** The subjects and the clocks go on. */
  resume(): void {
    for (const { line } of this.#entries) line.resume();
  }

  /** A run picks up its end. Dispose of what this returns when the run is over. */
  connect(line: ConsoleLine): ConsoleWishes {
    const entry: Entry = { line, attention: false, dump: false };
    this.#entries.add(entry);
    const take = (wish: "attention" | "dump"): boolean => {
      const asked = entry[wish];
      entry[wish] = false;
      return asked;
    };
    return {
      takeAttention: () => take("attention"),
      takeDump: () => take("dump"),
      get any() {
        return entry.attention || entry.dump;
      },
      [Symbol.dispose]: () => void this.#entries.delete(entry),
    };
  }
}
