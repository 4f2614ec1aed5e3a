/** One line of a soak, whatever it is about. @module */

/** What was tried, often enough, and how it went. */
export interface Row {
  readonly name: string;
  /** What is to be known of it, on one line. */
  readonly said: string;
  /** What is not as it must be, one line each. */
  readonly wrong: readonly string[];
}
