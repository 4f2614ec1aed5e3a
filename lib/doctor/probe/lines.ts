/**
 * Follows a stream line by line, so that callers can wait for a line that matches.
 *
 * @module
 */

/** Lines so far, and those that come. */
export interface Lines {
  /** Settles when the stream has ended. */
  readonly ended: Promise<void>;
  has(line: string): boolean;
  /** The first line that matches, waited for at most `boundMs`; null when it did not come. */
  first(pattern: RegExp, boundMs: number): Promise<string | null>;
}

/** Begins to read a stream, to its end. */
export function followLines(stream: ReadableStream<Uint8Array>): Lines {
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let over = false;
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      for (const watch of watchers) watch();
    }
    over = true;
    for (const watch of watchers) watch();
  };
  return {
    ended: read().catch(() => {}),
    has: (line) => lines.includes(line),
    async first(pattern, boundMs) {
      const { promise, resolve } = Promise.withResolvers<string | null>();
      const watch = (): void => {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
        else if (over) resolve(null);
      };
      const timer = setTimeout(() => resolve(null), boundMs);
      watchers.add(watch);
      watch();
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        watchers.delete(watch);
      }
    },
  };
}
