/**
 * The size of a file, and whether the run directory takes what is still to be written there. A subject goes on when it
 * cannot write (a full disk must not look like a hang), and what it could not write is then missing.
 *
 * @module
 */

/** More than the largest record that an isolate writes. */
const ROOM_BYTES = 256 * 1024;

/** One page: when not even this fits, single records may be missing. */
const PAGE_BYTES = 4 * 1024;

/** What the disk says when it takes no more; null when it does. */
export function diskFull(runDir: string): string | null {
  return refusal(runDir, ROOM_BYTES);
}

/** The same for a disk that takes nothing at all, so that a last word of the subject may not have been recorded. */
export function diskTakesNothing(runDir: string): string | null {
  return refusal(runDir, PAGE_BYTES);
}

/** Bytes of a file; 0 for one that is not there. */
export function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function refusal(runDir: string, bytes: number): string | null {
  const probe = `${runDir}/room.tmp`;
  try {
    Deno.writeFileSync(probe, new Uint8Array(bytes));
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
