/**
 * Whether the run directory takes what is still to be written there. A subject goes on when it cannot write (a full
 * disk must not look like a hang), and what it could not write is then missing.
 *
 * @module
 */

/** More than the largest record that an isolate writes. */
const ROOM_BYTES = 256 * 1024;

/** What the disk says when it takes no more; null when it does. */
export function noRoomIn(runDir: string): string | null {
  const probe = `${runDir}/room.tmp`;
  try {
    Deno.writeFileSync(probe, new Uint8Array(ROOM_BYTES));
    return null;
  } catch (error) {
    return String(error);
  } finally {
    try {
      Deno.removeSync(probe);
    } catch {
      // It could not be made, or goes with the run directory.
    }
  }
}
