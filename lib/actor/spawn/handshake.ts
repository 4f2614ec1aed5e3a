/** The wait for a new actor to say that it is ready, and what ends it. @module */

import { BrokenResourceError } from "../errors.ts";
import { Slot } from "../event.ts";
import { type Applied, observe, observeRemedy } from "../identity.ts";
import { park, type ParkReason, type PeerRef } from "../park.ts";

/** The handshake with one actor. Its first outcome counts. */
export class Handshake {
  readonly #peer: PeerRef;
  readonly #reason: ParkReason;
  readonly #outcome = new Slot<void>();

  constructor(peer: PeerRef) {
    this.#peer = peer;
    this.#reason = { kind: "handshake", resource: `handshake of ${peer.path}`, peer };
  }

  get over(): boolean {
    return this.#outcome.filled;
  }

  /** Whether a task waits for it. */
  get awaited(): boolean {
    return this.#outcome.awaited;
  }

  /**
   * Waits until the actor is ready.
   *
   * @throws the error that it failed with
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  wait(): Promise<void> {
    return park<void>(this.#reason, this.wait, (self) => this.#outcome.attach(self));
  }

  succeed(): void {
    if (this.over) return;
    observe({ kind: "handshake", peer: this.#peer.path });
    this.#outcome.fill();
  }

  /** The actor has said why it cannot get ready. */
  fail(error: Error): void {
    this.#outcome.fail(error);
  }

  /** The remedy `boot-race`: something came before the handshake, and no task shall wait for it any more. */
  lose(why: string, by: Applied = "runtime"): void {
    if (this.over) return;
    const { path } = this.#peer;
    observeRemedy("boot-race", path, `ended the wait for its handshake: ${why}`, by);
    this.fail(new BrokenResourceError(`no handshake from ${path}: ${why}`));
  }
}
