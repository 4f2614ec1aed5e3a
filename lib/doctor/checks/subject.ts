/**
 * The checks that show the steps of the probe (`probe/probe.ts`): seeing into a living process, and acting on it.
 *
 * @module
 */

import type { Check, CheckGroup, CheckOutcome } from "../check.ts";
import type { Probe, ProbeStep } from "../probe/steps.ts";

/** One step of the probe as a check. */
function step(
  id: ProbeStep,
  name: string,
  needed: boolean,
  why: string,
  advice: string,
): Check {
  return {
    id,
    name,
    needed,
    why,
    look: async (context) => judgeSubject(await context.probe(), id, advice),
  };
}

/** The outcome of one step as that of a check. A step that was never reached names the step that failed before it. */
export function judgeSubject(probe: Probe, id: ProbeStep, advice: string): CheckOutcome {
  const outcome = probe.get(id);
  switch (outcome?.kind) {
    case "ok":
      return { kind: "ok", seen: outcome.seen };
    case "failed":
      return { kind: "missing", seen: outcome.why, advice };
    case "skipped":
      return unknown(outcome.because);
    case undefined:
      return unknown([...probe].find(([, { kind }]) => kind === "failed")?.[0] ?? "start");
  }
}

function unknown(because: ProbeStep): CheckOutcome {
  return { kind: "unknown", seen: `not tried, since ${because} failed`, advice: `mend ${because}` };
}

const ALL_PERMISSIONS = "run with -A: with narrower permissions Deno does not open /proc";

/** What can be seen of a subject. */
export const SEEING_CHECKS: CheckGroup = {
  title: "Seeing into a subject",
  checks: [
    step(
      "start",
      "start",
      true,
      "every run gets a separate process, so that a hang there cannot hang unwedge",
      "deno must be allowed to start itself (--allow-run)",
    ),
    step(
      "inspector",
      "inspector",
      true,
      "tasks and stacks come through V8's inspector, on a port of 127.0.0.1",
      "allow connections to 127.0.0.1 (--allow-net=127.0.0.1, firewall, proxy)",
    ),
    step(
      "evaluate",
      "stuck isolate",
      true,
      "an isolate that blocks must still say what its tasks wait for",
      "another version of Deno may behave differently: use the one that was measured",
    ),
    step(
      "pause",
      "stack",
      true,
      "shows the line at which a worker is stuck",
      "another version of Deno may behave differently: use the one that was measured",
    ),
    step(
      "proc-threads",
      "threads",
      false,
      "the only witness of an isolate that is blocked in native code",
      ALL_PERMISSIONS,
    ),
    step(
      "proc-wait",
      "wait channel",
      false,
      "tells waiting for a lock from waiting for a file or a process",
      ALL_PERMISSIONS,
    ),
    step(
      "proc-sched",
      "queueing",
      false,
      "tells a thread that gets no processor from one that hangs",
      ALL_PERMISSIONS,
    ),
    step(
      "proc-signals",
      "signal masks",
      false,
      "proves that a Ctrl-C was delivered and not acted on",
      ALL_PERMISSIONS,
    ),
  ],
};

/** What can be done to a subject. */
export const ACTING_CHECKS: CheckGroup = {
  title: "Acting on a subject",
  checks: [
    step(
      "signals",
      "Ctrl-C",
      true,
      "classes of hangs differ in whether a signal is acted on while main is blocked",
      "signals between your own processes are blocked here; leave the sandbox",
    ),
    step(
      "reap",
      "reap",
      true,
      "terminate() does not end a stuck worker in this Deno; the inspector does",
      "another version of Deno may behave differently: use the one that was measured",
    ),
    step(
      "death-proof",
      "proof of death",
      true,
      "only the Web Lock that a worker holds for life tells others that the worker has ended",
      "another version of Deno may behave differently: use the one that was measured",
    ),
    step(
      "session",
      "session",
      false,
      "your terminal's Ctrl-C reaches unwedge alone, which passes it on deliberately",
      "without /proc this cannot be seen; run with -A",
    ),
    step(
      "group",
      "end of the group",
      true,
      "processes that a subject started end with it",
      "signals to process groups are blocked here; leave the sandbox",
    ),
  ],
};
