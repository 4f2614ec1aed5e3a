/** What imports lead to without a configuration: a path is a file, and nothing else is known. @module */

import type { Resolve } from "../../lib/diagnose/proof/foreign.ts";

const PATH = /^(?:\.{1,2}\/|\/(?!\/)|file:\/\/\/)[^\\]*$/;

/** For programs that are texts, or have no configuration. */
export const resolveByLooks: Resolve = (specifier, referrer) => {
  if (!PATH.test(specifier)) return null;
  return { url: new URL(specifier, referrer ?? undefined).href };
};
