/**
 * The calls of this side that the peer has not answered. What comes for a call that is not among them is ignored.
 *
 * @module
 */

import { type Alarm, clearAlarm, currentTime, setAlarm } from "../clock.ts";
import type { Cancelled, KeyboardInterrupt } from "../errors.ts";
import type { Abort, Park } from "../park.ts";
import { ProtocolError, type WireError, type WireValue } from "../wire/frame.ts";
import { RemoteActorError } from "../wire/remote_error.ts";
import type { ContextCall } from "./context.ts";

/** A call that waits for one answer. */
interface RunCall {
  readonly shape: "run";
  readonly fn: string;
  readonly park: Park<WireValue>;
  /** Set once the caller was cancelled: what it gets when the function ends by that, or does not end in time. */
  cancelled: {
    readonly error: Cancelled | KeyboardInterrupt;
    readonly untilMs: number;
    alarm: Alarm;
  } | null;
}

/** A peer whose loop turns acknowledges a cancel within this part of the bound; from another nothing is to be expected. */
const ACKED = 1 / 4;

/** Those of one link, by number. */
export class PendingCalls {
  readonly #calls: Map<number, RunCall | ContextCall> = new Map();
  readonly #peer: string;

  /** @param peer path of the peer, for messages */
  constructor(peer: string) {
    this.#peer = peer;
  }

  get size(): number {
    return this.#calls.size;
  }

  /**
   * Adds a call that `park` waits for.
   *
   * @param boundMs how long it waits for its function once the caller is cancelled, if the peer says that it has heard
   * of that; 0: not at all
   * @param tellPeer asks the peer to cancel it
   * @returns how the wait is ended early
   */
  addRun(
    call: number,
    fn: string,
    park: Park<WireValue>,
    boundMs: number,
    tellPeer: (why: Cancelled | KeyboardInterrupt) => void,
  ): Abort {
    const entry: RunCall = { shape: "run", fn, park, cancelled: null };
    this.#calls.set(call, entry);
    return (error) => {
      // A second reason changes nothing.
      if (entry.cancelled !== null) return "absorbed";
      tellPeer(error);
      if (boundMs === 0) {
        this.#calls.delete(call);
        return "left";
      }
      const now = currentTime();
      const alarm = setAlarm(now + boundMs * ACKED, () => this.fail(call, error));
      entry.cancelled = { error, untilMs: now + boundMs, alarm };
      return "absorbed";
    };
  }

  addContext(state: ContextCall): void {
    this.#calls.set(state.call, state);
  }

  /** The two-way call with a number. */
  context(call: number): ContextCall | undefined {
    const entry = this.#calls.get(call);
    return entry?.shape === "context" ? entry : undefined;
  }

  /** The peer has heard that a call is cancelled. */
  onCancelAck(call: number): void {
    const entry = this.#calls.get(call);
    if (entry?.shape !== "run" || entry.cancelled === null) return;
    const { cancelled } = entry;
    clearAlarm(cancelled.alarm);
    cancelled.alarm = setAlarm(cancelled.untilMs, () => this.fail(call, cancelled.error));
  }

  /** Takes a call out: whatever comes for it later is ignored. */
  end(call: number): RunCall | ContextCall | undefined {
    const entry = this.#calls.get(call);
    this.#calls.delete(call);
    if (entry?.shape === "run" && entry.cancelled !== null) clearAlarm(entry.cancelled.alarm);
    return entry;
  }

  fail(call: number, why: Error): void {
    const entry = this.end(call);
    if (entry?.shape === "run") entry.park.fail(why);
    else entry?.fail(why);
  }

  failAll(why: Error): void {
    for (const call of [...this.#calls.keys()]) this.fail(call, why);
  }

  /** The function has thrown. One that ended by the cancel of its caller fails with that. */
  onError(call: number, wire: WireError): void {
    const entry = this.#calls.get(call);
    if (entry === undefined) return;
    if (entry.shape === "context") return this.fail(call, new RemoteActorError(wire));
    const { cancelled, fn, park: { site } } = entry;
    const isByCancel = cancelled !== null && wire.reason !== null;
    this.fail(call, isByCancel ? cancelled.error : new RemoteActorError(wire, { fn, site }));
  }

  /** The function has returned. */
  onReturn(call: number, value: WireValue): void {
    const entry = this.end(call);
    if (entry === undefined) return;
    if (entry.shape === "run") return entry.park.wake(value);
    if (entry.started.filled) return entry.finish(value);
    entry.fail(new ProtocolError(this.#peer, `call ${call} returned before it said started`));
  }
}
