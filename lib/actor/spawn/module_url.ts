/** Where the code of an actor is. @module */

import { UsageError } from "../errors.ts";

/**
 * The URL of an actor's module.
 *
 * @throws {UsageError} when it is not a whole URL: a worker would resolve a part of one against a file of ours
 */
export function moduleUrl(module: string | URL): string {
  const text = String(module);
  if (URL.canParse(text)) return text;
  throw new UsageError(
    `the module of an actor is given by its whole URL, got ${JSON.stringify(text)}: ` +
      `write import.meta.resolve(${JSON.stringify(text)})`,
  );
}
