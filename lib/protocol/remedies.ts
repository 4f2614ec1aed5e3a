/**
 * The names of the remedies that a runtime under test can have switched on, least invasive first. A leaf, so that the
 * command line can check and suggest names without loading the runtime; the runtime's own switchboard must accept
 * exactly these.
 *
 * @module
 */

/** One remedy: its name on the command line and what it does, in one line. */
export interface RemedyFacts {
  readonly name: string;
  readonly does: string;
}

/** Every remedy of this version, least invasive first; `--remedy all` means these. */
export const REMEDIES: readonly RemedyFacts[] = [
  {
    name: "channel-abort",
    does: "when a child is given up, breaks the parent's end of its channel, so that parked " +
      "receivers get BrokenResourceError",
  },
  {
    name: "cancel-peer-tasks",
    does: "when a child is given up, cancels the parent's tasks that are bound to its channel",
  },
  {
    name: "bounded-join",
    does: "puts a bound on the shielded wait of the nursery for its children",
  },
  {
    name: "boot-race",
    does: "races the handshake with a child against the child's death",
  },
  {
    name: "death-watch",
    does: "notices the real death of a child within milliseconds and turns it into end-of-file " +
      "on its channel",
  },
  {
    name: "reap",
    does: "really ends the thread of a stuck child through the V8 inspector, which terminate() " +
      "does not do",
  },
  {
    name: "sentinel",
    does:
      "a worker owns SIGINT: when main's loop does not turn, it frees main, or lets the signal " +
      "end the process",
  },
];
