/** Exit codes of runs that were stopped: 128 and the number of the signal, as shells do. @module */

import { CANNOT_JUDGE } from "../report/worst.ts";

/** The code for each signal on which unwedge stops in order. */
export const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Signals on which unwedge stops in order. */
export type StopSignal = keyof typeof SIGNAL_CODES;

/** The same, and the code of a run that stops because what it says can no longer be written. */
export const STOP_CODES = { ...SIGNAL_CODES, "lost output": CANNOT_JUDGE } as const;

/** Why a run was stopped before its end, as its document has it. */
export type StopCause = keyof typeof STOP_CODES;
