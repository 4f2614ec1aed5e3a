/** Exit codes that signals have: 128 and the number of the signal, as shells do. @module */

/** The code for each signal on which unwedge stops in order. */
export const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals on which unwedge stops in order. */
export type StopSignal = keyof typeof SIGNAL_CODES;
