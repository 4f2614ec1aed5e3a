/** What an actor can be called, and where its code can be. @module */

import { UsageError } from "../errors.ts";

/**
 * The names of the children of one actor. Paths say who is meant, in dumps and in journals, so no two children have
 * the same one at a time: while another `worker` may still be there, the new one is `worker~2`.
 */
export class ActorNames {
  readonly #inUse: Set<string> = new Set();

  /**
   * Takes a name.
   *
   * @throws {UsageError} when it cannot be a part of a path
   */
  take(name: string): string {
    if (name === "" || name.includes("/")) {
      throw new UsageError(
        `the name of an actor is one part of a path, got ${JSON.stringify(name)}`,
      );
    }
    let unique = name;
    for (let n = 2; this.#inUse.has(unique); n++) unique = `${name}~${n}`;
    this.#inUse.add(unique);
    return unique;
  }

  /** Gives a name back: the thread of the actor that had it is gone. */
  free(unique: string): void {
    this.#inUse.delete(unique);
  }
}

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
