/** The wait for a new actor to say that it is ready, and what ends it. @module */

import { BrokenResourceError } from "../errors.ts";
import { observe } from "../identity.ts";
import { type By, byHand } from "./let_go.ts";
import { type Park, park, type ParkReason, type PeerRef } from "../park.ts";

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: Error };

/** The handshake with one actor. Its first outcome counts. */
export class Handshake {
  readonly #peer: PeerRef;
  readonly #reason: ParkReason;
  #outcome: Outcome | null = null;
  #waiting: Park<void> | null = null;

  constructor(peer: PeerRef) {
    this.#peer = peer;
    this.#reason = { kind: "handshake", resource: `handshake of ${peer.path}`, peer };
  }

  /** Whether there is an outcome. */
  get over(): boolean {
    return this.#outcome !== null;
  }

  /** Whether somebody waits for it. */
  get awaited(): boolean {
    return this.#waiting !== null;
  }

  /**
   * Waits until the actor is ready.
   *
   * @throws the error that it failed with
   * @throws {Cancelled} when the scope is or gets cancelled
   */
  wait(): Promise<void> {
    return park<void>(this.#reason, this.wait, (self) => {
      this.#waiting = self;
      this.#settle();
      return () => {
        this.#waiting = null;
        return "left";
      };
    });
  }

  /** The actor is ready. */
  succeed(): void {
    if (this.#outcome !== null) return;
    this.#outcome = { ok: true };
    observe({ kind: "handshake", peer: this.#peer.path });
    this.#settle();
  }

  /** The actor has said why it cannot get ready. */
  fail(error: Error): void {
    this.#outcome ??= { ok: false, error };
    this.#settle();
  }

  /** The remedy `boot-race`: something came before the handshake, and nobody shall wait for it any more. */
  lose(why: string, by: By = "runtime"): void {
    if (this.#outcome !== null) return;
    const { path } = this.#peer;
    observe({
      kind: "remedy",
      remedy: "boot-race",
      peer: path,
      did: `ended the wait for its handshake: ${why}`,
      ...byHand(by),
    });
    this.fail(new BrokenResourceError(`no handshake from ${path}: ${why}`));
  }

  #settle(): void {
    const outcome = this.#outcome;
    const waiting = this.#waiting;
    if (outcome === null || waiting === null) return;
    this.#waiting = null;
    if (outcome.ok) waiting.wake();
    else waiting.fail(outcome.error);
  }
}
