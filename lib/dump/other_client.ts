/**
 * Who else looks into a subject. A worker gives its answers to the client that connected first (measured), so silence
 * beside another client is not in native code.
 *
 * @module
 */

import { readInterference } from "../os/interference.ts";

/**
 * Another client of its inspector, in words: `another client of its inspector is connected (deno, process 12)`; null
 * when there is none, or where /proc cannot tell.
 *
 * @param pid process id of the subject
 * @param wsUrl address of its inspector
 * @param ours how many connections the caller has open itself
 */
export function otherClient(pid: number, wsUrl: string, ours: number): string | null {
  let left = ours;
  const other = readInterference(pid, wsUrl).clients.find((client) =>
    client.pid !== Deno.pid || left-- <= 0
  );
  if (other === undefined) return null;
  const who = other.pid === null ? "whose process cannot be seen" : `process ${other.pid}`;
  const name = other.name === null ? "" : `${other.name}, `;
  return `another client of its inspector is connected (${name}${who})`;
}
