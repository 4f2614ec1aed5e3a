/** Which code is unwedge's own, as opposed to that of the program it runs. @module */

/** `lib/` of unwedge: what stands in here is the runtime's, not the program's. */
const OWN_LIB = new URL("../", import.meta.url).href;

/** Whether this is the npm package, and not a checkout. */
export const IS_NPM_PACKAGE: boolean = OWN_LIB.includes("/node_modules/");

/**
 * Flags of Deno's without which it does not run a file of unwedge's own from below a node_modules: the configuration that
 * it would take is that of the project around. The script `tools/npm/unwedge` has the same.
 */
export const OWN_FLAGS: readonly string[] = IS_NPM_PACKAGE
  ? [
    "--no-config",
    "--no-lock",
    "--node-modules-dir=none",
    `--import-map=${new URL("../vendor/import_map.json", OWN_LIB).href}`,
  ]
  : [];

/** Whether a file is part of an installed package. */
export function isPackageFile(file: string): boolean {
  return /\/node_modules\/|\/npm\/registry\./.test(file);
}

/** Whether a file (as a stack names it) is Deno's or unwedge's, or no file at all. */
export function isInternalFile(file: string): boolean {
  return file === "" || /^(ext|node|native|wasm):/.test(file) || file.startsWith(OWN_LIB);
}
