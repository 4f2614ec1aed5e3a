/**
 * Takes the dump of a run without ever depending on it: a dump that fails, or does not come back, is a sentence in
 * the report and never a harness that hangs beside the subject it was meant to explain.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import { dumpTaken, type RunEventBody } from "./run_event.ts";
import type { Subject } from "../subject/subject.ts";
import type { RunTools } from "./run_tools.ts";
import { errorMessage } from "../protocol/error_message.ts";

/** A dump, or why there is none. */
export type DumpOutcome =
  | { readonly kind: "taken"; readonly dump: Dump }
  | { readonly kind: "failed"; readonly why: string };

/** What to dump, and for how long at most. */
export interface DumpRequest {
  readonly tools: RunTools;
  readonly pid: number;
  /** Null when the subject never said where its inspector listens. */
  readonly wsUrl: string | null;
  /** Takes the dump of a subject that is more than one process, in place of the tools. */
  readonly takeDump?: Subject["takeDump"];
  readonly samples: number;
  readonly sampleGapMs: number;
  /** After this the dump is cut short; {@linkcode SLACK_MS} later it is given up. */
  readonly boundMs: number;
  /** Cuts it short: what is known by then is the dump, and the subject is left as it was found. */
  readonly cut?: AbortSignal;
  /** Gives it up at once. */
  readonly kill: AbortSignal | null;
  readonly emit: (event: RunEventBody) => void;
}

/** How long a dump that has been cut short gets to hand over what it has. */
const SLACK_MS = 1_000;

/** Takes a dump within its bound, whatever `takeDump` does. */
export async function tryDump(request: DumpRequest): Promise<DumpOutcome> {
  const { emit } = request;
  emit({ type: "dump-started" });
  const outcome = await attempt(request);
  if (outcome.kind === "taken") emit(dumpTaken(outcome.dump));
  else emit({ type: "dump-failed", why: outcome.why });
  return outcome;
}

async function attempt(request: DumpRequest): Promise<DumpOutcome> {
  const { tools, pid, wsUrl, samples, sampleGapMs, boundMs, kill, cut: cutShort } = request;
  const { takeDump } = request;
  if (takeDump === undefined && wsUrl === null) {
    return { kind: "failed", why: "the subject's inspector never came up" };
  }
  const short = new AbortController();
  const late = Promise.withResolvers<DumpOutcome>();
  const giveUp = (why: string) => late.resolve({ kind: "failed", why });
  const onKill = () => {
    short.abort();
    giveUp("the run was ended before the dump was taken");
  };
  const cut = setTimeout(() => short.abort(), boundMs);
  const lost = setTimeout(
    () => giveUp(`the dump did not come back within ${boundMs + SLACK_MS} ms`),
    boundMs + SLACK_MS,
  );
  const onCut = () => short.abort();
  cutShort?.addEventListener("abort", onCut);
  if (cutShort?.aborted) onCut();
  kill?.addEventListener("abort", onKill);
  if (kill?.aborted) onKill();
  try {
    const how = { samples, sampleGapMs, signal: short.signal };
    const taking = takeDump === undefined
      ? tools.takeDump({ pid, wsUrl: wsUrl ?? "", ...how })
      : takeDump(how);
    const dump = taking.then((dump): DumpOutcome => ({ kind: "taken", dump }), failed);
    return await Promise.race([dump, late.promise]);
  } finally {
    clearTimeout(cut);
    clearTimeout(lost);
    kill?.removeEventListener("abort", onKill);
    cutShort?.removeEventListener("abort", onCut);
  }
}

function failed(error: unknown): DumpOutcome {
  return { kind: "failed", why: errorMessage(error) };
}
