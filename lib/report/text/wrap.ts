/** Text broken between words. @module */

import { stripAnsi } from "../../protocol/text.ts";

/** The lines, each at most `width` characters long unless a single word is longer. Escape sequences take no width. */
export function wrap(text: string, width: number): string[] {
  return fill(text.split(/\s+/).filter((word) => word !== ""), width);
}

/**
 * Puts words into lines, a space between every two; an empty word therefore shows as one more space.
 *
 * @param indent what every line but the first begins with
 */
export function fill(words: readonly string[], width: number, indent = ""): string[] {
  const lines: string[] = [];
  words.forEach((word, index) => {
    const grown = `${lines.at(-1)} ${word}`;
    if (index === 0) lines.push(word);
    else if (stripAnsi(grown).length > width) lines.push(indent + word);
    else lines[lines.length - 1] = grown;
  });
  return lines;
}
