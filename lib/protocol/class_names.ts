/** The names of the classes of hangs, for both processes: what they mean is in `lib/diagnose/classes`. @module */

/** In the order in which neighbours are told. */
export const CLASS_NAMES = [
  "orphaned-channel",
  "boot-death",
  "boot-stuck",
  "shield-trapped",
  "wait-cycle",
  "cascade-stalled",
  "loop-starved",
  "stuck-child",
  "cancel-swallowed",
  "eof-spin",
  "lost-wakeup",
  "never-settled",
  "waits-outside",
  "cancel-ignored",
  "exit-leak",
  "late",
  "unknown",
] as const;

/** One of them. */
export type ClassName = typeof CLASS_NAMES[number];
