/**
 * Loads a module when it is needed, and not before.
 *
 * Before the first line of a program runs, Deno reads every module that a specifier in its text leads to, those of
 * `import("./x.ts")` too: 388 files for `repro happy`, of which half were executed. A specifier that is computed is not
 * followed. So what only a hang, another verb or a terminal needs is loaded by way of this function. `deno check .`
 * sees those files all the same. The price: Deno asks for the permission to read them.
 *
 * @module
 */

import { CannotRunError } from "./cannot_run.ts";

/**
 * Imports a module.
 *
 * @param url from `import.meta.resolve("./x.ts")`; `Module` is `typeof import("./x.ts")`
 * @throws {CannotRunError} without the permission to read the file; Deno would ask for it on a terminal
 */
export async function loadLater<Module>(url: string): Promise<Module> {
  if (url.startsWith("file:")) {
    const { state } = await Deno.permissions.query({ name: "read", path: new URL(url) });
    if (state !== "granted") {
      throw new CannotRunError("unwedge may not read its files: run it with --allow-read, or -A");
    }
  }
  return await import(url);
}
