/** Text broken between words. @module */

import { stripAnsi } from "./style.ts";

/**
 * The lines, each at most `width` characters long unless a single word is longer. Escape sequences take no width.
 *
 * @param indent what stands before every line but the first
 */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(/\s+/).filter((each) => each !== "")) {
    const grown: string = line === null ? word : `${line} ${word}`;
    if (line !== null && stripAnsi(grown).length > width) {
      lines.push(line);
      line = indent + word;
    } else line = grown;
  }
  return line === null ? lines : [...lines, line];
}
