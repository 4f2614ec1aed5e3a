/**
 * What a process makes of the signal that should have stopped it, as the kernel knows it.
 *
 * @module
 */

import { maskHas, readSignalMasks } from "../os/proc.ts";

/** Linux's numbers. */
const NUMBERS: Readonly<Partial<Record<Deno.Signal, number>>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 },
};

/** In a sentence without its full stop; null when it cannot be told. */
export function signalFate(pid: number, signal: Deno.Signal): string | null {
  const number = NUMBERS[signal];
  const outcome = readSignalMasks(pid);
  if (number === undefined || outcome.kind !== "ok") return null;
  const { caught, ignored, blocked } = outcome.masks;
  if (maskHas(ignored, number)) return `process ${pid} ignores ${signal}`;
  if (maskHas(blocked, number)) return `process ${pid} holds ${signal} back`;
  return maskHas(caught, number)
    ? `process ${pid} has a handler for ${signal}, which has not ended it`
    : null;
}
