/** Which code is unwedge's own, as opposed to that of the program it runs. @module */

/** `lib/` of unwedge: what stands in here is the runtime's, not the program's. */
const OWN_LIB = new URL("../", import.meta.url).href;

/** Whether a file (as a stack names it) is Deno's or unwedge's, or no file at all. */
export function isInternalFile(file: string): boolean {
  return file === "" || /^(ext|node|native|wasm):/.test(file) || file.startsWith(OWN_LIB);
}
