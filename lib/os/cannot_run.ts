/** unwedge cannot do its work here (unwritable directory, no such tool): one sentence, exit code 125. @module */

/** The message is a sentence for the person who asked for the run. */
export class CannotRunError extends Error {
  override name = "CannotRunError";
}
