/**
 * Loads a module when it is needed, and not before.
 *
 * Before the first line of a program runs, Deno reads every module that a specifier in its text leads to, those of
 * `import("./x.ts")` too: 388 files for `repro happy`, of which half were executed. A specifier that is computed is not
 * followed. So what only a hang, another verb or a terminal needs is loaded by way of this function. `deno check .` sees
 * those files all the same. It takes the permission to read them.
 *
 * @module
 */

/**
 * Imports a module.
 *
 * @param url from `import.meta.resolve("./x.ts")`; `Module` is `typeof import("./x.ts")`
 */
export function loadLater<Module>(url: string): Promise<Module> {
  return import(url);
}
