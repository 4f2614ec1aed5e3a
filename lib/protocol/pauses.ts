/**
 * The pauses of a run, for the subject: when a person presses Ctrl-Z the harness stops the subject's process, and the
 * bounds of the runtime in it must not run out because of that. A stopped process cannot be told anything, so the
 * harness writes down how long it stood before it lets it go on, and the runtime's clock looks there whenever time has
 * made a leap.
 *
 * Record: the pause's beginning and end as two big-endian float64, epoch milliseconds. The file exists, empty, before
 * the subject starts.
 *
 * @module
 */

/** Length of one record. */
export const PAUSE_BYTES = 16;

/** A shorter pause is not written down: below this a leap of time is not looked into. In milliseconds. */
export const SHORTEST_PAUSE_MS = 50;

/** Where the pauses of the run with this journal are written. */
export function pausesPath(journalPath: string): string {
  return `${journalPath}.pauses`;
}

/** One record. */
export function encodePause(fromMs: number, toMs: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PAUSE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, fromMs);
  view.setFloat64(8, toMs);
  return bytes;
}

/** Reads one record. */
export function decodePause(bytes: Uint8Array): { readonly fromMs: number; readonly toMs: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { fromMs: view.getFloat64(0), toMs: view.getFloat64(8) };
}
