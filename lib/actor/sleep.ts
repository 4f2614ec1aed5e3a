/** Waiting for time. @module */

import { yieldTurn } from "./checkpoint.ts";
import { clearAlarm, currentTime, setAlarm } from "./clock.ts";
import { UsageError } from "./errors.ts";
import { leave, park, type ParkReason, type Where } from "./park.ts";

const FOREVER: ParkReason = { kind: "sleep", resource: "forever", endless: true };

/**
 * Waits `ms` milliseconds; 0 is a checkpoint.
 *
 * @throws {UsageError} when `ms` is negative or NaN
 * @throws {Cancelled} when the scope is or gets cancelled
 */
export function sleep(ms: number): Promise<void> {
  if (!(ms >= 0)) {
    return Promise.reject(new UsageError(`sleep takes a duration of at least 0 ms, got ${ms}`));
  }
  return ms === 0 ? yieldTurn(sleep) : sleepTo(currentTime() + ms, sleep);
}

/**
 * Waits until `currentTime() >= atMs`; a checkpoint when that is past.
 *
 * @throws {UsageError} when `atMs` is NaN
 * @throws {Cancelled} when the scope is or gets cancelled
 */
export function sleepUntil(atMs: number): Promise<void> {
  if (Number.isNaN(atMs)) {
    return Promise.reject(new UsageError("sleepUntil takes a time in ms, got NaN"));
  }
  return atMs <= currentTime() ? yieldTurn(sleepUntil) : sleepTo(atMs, sleepUntil);
}

/**
 * Waits until cancelled.
 *
 * @throws {Cancelled} always, in the end
 * @throws {UsageError} when the wait is woken by hand
 */
export function sleepForever(): Promise<never> {
  return park<never>(FOREVER, sleepForever, () => leave);
}

function sleepTo(atMs: number, where: Where): Promise<void> {
  const reason: ParkReason = {
    kind: "sleep",
    resource: () => `${Math.max(0, Math.round(atMs - currentTime()))} ms to go`,
  };
  return park<void>(reason, where, (self) => {
    const alarm = setAlarm(atMs, () => self.wake());
    return () => {
      clearAlarm(alarm);
      return "left";
    };
  });
}
