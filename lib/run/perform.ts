/** Does one thing to a hung subject: the operator's signal, or a request by its inspector. */

import type { ControlOutcome, ControlPlan } from "../intervene/control.ts";
import { lostActors } from "../intervene/lost_actors.ts";
import type { Action } from "../model/action.ts";
import { loadLater } from "../os/load_later.ts";
import type { ControlReply } from "../protocol/control.ts";
import { epochNow } from "../protocol/epoch.ts";
import { REMEDIES } from "../protocol/remedies.ts";
import type { IsolateSnapshot } from "../protocol/snapshot.ts";
import type { LiveRun } from "./live_run.ts";
import type { Prover } from "./prover.ts";
import type { DumpOutcome } from "./try_dump.ts";

/** What an action works on. */
export interface ActionTarget {
  readonly live: LiveRun;
  readonly prover: Prover;
  /** The latest before the action. */
  readonly lastDump: DumpOutcome | null;
  /** Actors whose threads were ended earlier. */
  readonly reaped: Set<string>;
  /** Isolates that did not answer when they were last asked. */
  readonly unresponsive: Set<string>;
  /** The run is over, or goes on. */
  readonly over: AbortSignal;
}

/** What was done, before anything can be said of its effect. */
export interface Done {
  readonly effect: ControlReply;
  readonly before: readonly { readonly isolate: string; readonly snapshot: IsolateSnapshot }[];
  /** When it took effect at the earliest, epoch milliseconds. */
  readonly atMs: number;
  /** Whether anything reached the subject. */
  readonly sent: boolean;
}

/** Does it, and says what there was before. Never throws for what the subject does. */
export async function perform(target: ActionTarget, action: Action): Promise<Done> {
  const { live: { subject, process }, reaped } = target;
  const nothing = (why: string): Done => ({
    effect: { kind: "nothing-to-do", why },
    before: [],
    atMs: epochNow(),
    sent: false,
  });
  if (process.exit !== null) return nothing("the subject has exited");
  if (action.kind === "sigint") return await sendSigint(target);
  const plan = planOf(target, action);
  if (typeof plan === "string") return nothing(plan);
  const { wsUrl } = subject.inspector;
  if (wsUrl === null) {
    const why = "the subject's inspector never came up";
    return { ...nothing(why), effect: { kind: "failed", why } };
  }
  const outcome = await control(target, wsUrl, plan);
  for (const actor of outcome.reaped) reaped.add(actor);
  const { effect, before, sentAt } = outcome;
  return { effect, before, atMs: sentAt ?? epochNow(), sent: sentAt !== null };
}

/** What has to be asked of whom; in words when it cannot be asked of anybody. */
function planOf(
  target: ActionTarget,
  action: Exclude<Action, { kind: "sigint" }>,
): ControlPlan | string {
  const { live, reaped } = target;
  switch (action.kind) {
    case "remedy": {
      const { remedy } = action;
      if (!REMEDIES.some(({ name }) => name === remedy)) return `there is no remedy "${remedy}"`;
      if (remedy === "sentinel") return freeMainPlan(live);
      if (remedy !== "reap") {
        const control = { do: "remedy", remedy, dead: [...reaped] } as const;
        return { kind: "ask", control, actor: null };
      }
      const actors = lostActors(live.log.events).filter((path) => !reaped.has(path));
      return actors.length > 0
        ? { kind: "reap", actors }
        : "no actor was given up whose thread is still there";
    }
    case "cancel-root":
      return { kind: "ask", control: { do: "cancel-root" }, actor: "root" };
    case "cancel-task": {
      const { actor, task } = action;
      return { kind: "ask", control: { do: "cancel-task", task }, actor };
    }
    case "abort-channel": {
      const { actor, channel } = action;
      return { kind: "ask", control: { do: "abort-channel", channel }, actor };
    }
    case "reap":
      return { kind: "reap", actors: [action.actor] };
  }
}

/** The heart beats ten times a second; a main that is only slow shows within this. */
const STARVED_MS = 600;

function freeMainPlan({ log, clock }: LiveRun): ControlPlan | string {
  const { lastAt } = log.beats;
  const silentMs = lastAt === null ? 0 : clock.ran(lastAt, epochNow());
  return silentMs > STARVED_MS ? { kind: "free-main" } : "main's loop turns: nothing keeps it";
}

async function sendSigint(target: ActionTarget): Promise<Done> {
  const { before } = await look(target);
  const atMs = epochNow();
  const { live: { process, subject } } = target;
  // A terminal sends it to the whole job, too.
  const isCommand = subject.command !== undefined;
  const sent = isCommand ? process.signalGroup("SIGINT") : process.signal("SIGINT");
  const whom = isCommand ? "the command and what it has started" : "the subject";
  const effect: ControlReply = sent
    ? { kind: "applied", did: [`sent SIGINT to ${whom}`] }
    : { kind: "nothing-to-do", why: "the subject has exited" };
  return { effect, before, atMs, sent };
}

export const NOBODY = { before: [], silent: [] } as const;

/** A look at the tasks without a stack: quick, and no isolate is paused. */
export async function look(
  target: ActionTarget,
): Promise<Pick<ControlOutcome, "before" | "silent">> {
  const { live: { subject, process } } = target;
  const { wsUrl } = subject.inspector;
  if (wsUrl === null || process.exit !== null) return NOBODY;
  return await control(target, wsUrl, { kind: "look" });
}

/** Connects to the subject for this one thing, and keeps in mind who did not answer. */
async function control(
  { live: { process: { pid } }, over, unresponsive }: ActionTarget,
  wsUrl: string,
  plan: ControlPlan,
): Promise<ControlOutcome> {
  const { controlSubject } = await loadLater<typeof import("../intervene/control.ts")>(
    import.meta.resolve("../intervene/control.ts"),
  );
  const outcome = await controlSubject({ pid, wsUrl, signal: over, unresponsive }, plan);
  noteSilence(unresponsive, outcome);
  return outcome;
}

function noteSilence(unresponsive: Set<string>, { silent, before }: ControlOutcome): void {
  for (const isolate of silent) unresponsive.add(isolate);
  for (const { isolate } of before) unresponsive.delete(isolate);
}
