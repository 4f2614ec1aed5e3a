/**
 * An error of the person at the keyboard: it is printed as it stands on stderr, without a stack, and the exit code
 * is 2. Everything else that is thrown out of a verb exits 125.
 *
 * @module
 */

/** What was asked for makes no sense. The message is a sentence for the person who typed it. */
export class CommandLineError extends Error {
  override name = "CommandLineError";
  /** A second line: what to type instead, or where to look. Null when the message says it all. */
  readonly hint: string | null;

  /**
   * @param message what is wrong, naming the word that is wrong
   * @param hint what to do next
   */
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}
