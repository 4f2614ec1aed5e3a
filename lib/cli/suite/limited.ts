/**
 * Lets a function run only so often at the same time. Looking into a subject is work on both sides, and isolates that
 * get no core do not answer in time: many looks at once were seen to come back incomplete on a machine under load.
 *
 * @module
 */

/** The same function, at most `most` calls of it at once; the others wait for their turn in order. */
export function limited<A extends readonly unknown[], R>(
  most: number,
  run: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (...args) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await run(...args);
    } finally {
      // A turn is handed on, so that a later one cannot take it.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
