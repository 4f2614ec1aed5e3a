import { textOf, thrownTexts } from "./text.ts";

/** What was thrown, in words: an error's message, or the text of anything else. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrownTexts(thrown).message : textOf(thrown);
}
