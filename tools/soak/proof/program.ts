/**
 * Small programs made at random, to hold the prover against: tasks, events, channels, locks, scopes, shields, timers,
 * foreign promises, cancels, failures. A program is data, so that the same one can be run, printed and run again.
 *
 * @module
 */

import type { Random } from "../../../tests/support/random.ts";

/** One step of a task. Numbers name things that the tasks share; times are milliseconds. */
export type Step =
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "forever" }
  | { readonly op: "checkpoint" }
  | { readonly op: "wait"; readonly event: number }
  | { readonly op: "set"; readonly event: number }
  | { readonly op: "send"; readonly channel: number }
  | { readonly op: "receive"; readonly channel: number }
  | { readonly op: "close-sender"; readonly channel: number }
  | { readonly op: "close-receiver"; readonly channel: number }
  | { readonly op: "lock"; readonly lock: number; readonly body: Body }
  | { readonly op: "bound"; readonly ms: number; readonly scope: number; readonly body: Body }
  | { readonly op: "shield"; readonly scope: number; readonly body: Body }
  | { readonly op: "cancel"; readonly scope: number }
  | { readonly op: "nursery"; readonly scope: number; readonly bodies: readonly Body[] }
  | { readonly op: "spawn"; readonly body: Body }
  /** Several waits of one task at once. */
  | { readonly op: "all"; readonly bodies: readonly Body[] }
  /** Code that is not awaited. */
  | { readonly op: "stray"; readonly body: Body }
  /** A labelled foreign promise; null never settles. */
  | { readonly op: "hold"; readonly ms: number | null }
  /** An unlabelled one. */
  | { readonly op: "native"; readonly ms: number | null }
  /** A timer of the platform that sets an event, which nothing in the runtime sees. */
  | { readonly op: "foreign-set"; readonly ms: number; readonly event: number }
  /** A task that sleeps again and again. */
  | { readonly op: "beat" }
  /** A timer of the platform that goes off again and again and does nothing. */
  | { readonly op: "foreign-beat" }
  | { readonly op: "swallow"; readonly body: Body }
  | { readonly op: "fail" };

/** What a task does, one after the other. */
export type Body = readonly Step[];

/** A program. */
export interface Program {
  readonly seed: number;
  readonly tasks: readonly Body[];
}

/** How many there are of each kind of thing. */
export const THINGS = 3;
/** No timer of a program is longer. */
export const LONGEST_MS = 8;
/** How deep bodies nest. */
const DEPTH = 3;

/** Makes a program. */
export function randomProgram(seed: number, random: Random): Program {
  const tasks = Array.from({ length: 1 + random.below(4) }, () => randomBody(random, DEPTH));
  return { seed, tasks };
}

/**
 * A program with timers that go on ticking beside whatever hangs. What it cannot have is what a class without a proof is
 * known not to see: a promise of the platform that settles and has the program go on to end what hangs, a task that
 * sleeps several times at one place before it does so, and code that outlives the task that did not await it.
 */
export function tickingProgram(seed: number, random: Random): Program {
  const tasks: Body[] = [];
  if (random.chance(50)) tasks.push([{ op: "beat" }]);
  if (random.chance(50)) tasks.push([{ op: "foreign-beat" }]);
  tasks.push(...hangingTasks(random).map((body) => maybeScoped(body, random)));
  if (random.chance(30)) {
    tasks.push([{ op: "sleep", ms: random.below(LONGEST_MS) }, { op: "cancel", scope: 0 }]);
  }
  for (let n = random.below(3); n > 0; n--) tasks.push(randomBody(random, DEPTH));
  return { seed, tasks: tasks.map(withoutSurprise) };
}

/** Tasks that hang for good when nothing else gets at them. */
function hangingTasks(random: Random): Body[] {
  const sleep: Step = { op: "sleep", ms: random.below(3) };
  const within = (lock: number, ...body: Step[]): Step => ({ op: "lock", lock, body });
  const send: Step = { op: "send", channel: random.below(THINGS) };
  return random.pick<() => Body[]>([
    () => [[within(0, sleep, within(1))], [within(1, sleep, within(0))]],
    () => [[within(0, { op: "nursery", scope: 1, bodies: [[sleep, within(0)]] })]],
    () => [[send, send, send, send], [{ ...send, op: "receive" }]],
    () => [[{ ...send, op: "receive" }, send, send, send], [send]],
  ])();
}

/** A deadline, a scope that others can cancel, or a shield may stand around it. */
function maybeScoped(body: Body, random: Random): Body {
  return random.pick<() => Body>([
    () => body,
    () => body,
    () => [{ op: "bound", ms: random.below(LONGEST_MS), scope: 0, body }],
    () => [{ op: "nursery", scope: 0, bodies: [body] }],
    () => [{ op: "shield", scope: 0, body }],
  ])();
}

function withoutSurprise(body: Body): Body {
  let slept = false;
  return body.map((step): Step => {
    if (step.op === "sleep" && slept) return { op: "checkpoint" };
    slept ||= step.op === "sleep";
    if (step.op === "hold" || step.op === "native") return { ...step, ms: null };
    if (step.op === "stray") return { op: "spawn", body: withoutSurprise(step.body) };
    if ("body" in step) return { ...step, body: withoutSurprise(step.body) };
    return "bodies" in step ? { ...step, bodies: step.bodies.map(withoutSurprise) } : step;
  });
}

function randomBody(random: Random, depth: number): Body {
  return Array.from({ length: 1 + random.below(4) }, () => randomStep(random, depth));
}

function randomStep(random: Random, depth: number): Step {
  const thing = random.below(THINGS);
  const ms = random.below(LONGEST_MS + 1);
  const body = () => randomBody(random, depth - 1);
  const bodies = () => [body(), ...(random.chance(60) ? [body()] : [])];
  const flat = (): Step =>
    random.pick<() => Step>([
      () => ({ op: "sleep", ms }),
      () => ({ op: "sleep", ms }),
      () => ({ op: "checkpoint" }),
      () => ({ op: "wait", event: thing }),
      () => ({ op: "wait", event: thing }),
      () => ({ op: "set", event: thing }),
      () => ({ op: "set", event: thing }),
      () => ({ op: "send", channel: thing }),
      () => ({ op: "receive", channel: thing }),
      () => ({ op: "close-sender", channel: thing }),
      () => ({ op: "close-receiver", channel: thing }),
      () => ({ op: "cancel", scope: thing }),
      () => rare(random, thing, ms),
    ])();
  if (depth === 0 || random.chance(60)) return flat();
  return random.pick<() => Step>([
    () => ({ op: "lock", lock: thing, body: body() }),
    () => ({ op: "lock", lock: thing, body: body() }),
    () => ({ op: "bound", ms, scope: thing, body: body() }),
    () => ({ op: "shield", scope: thing, body: body() }),
    () => ({ op: "nursery", scope: thing, bodies: bodies() }),
    () => ({ op: "nursery", scope: thing, bodies: bodies() }),
    () => ({ op: "spawn", body: body() }),
    () => ({ op: "all", bodies: bodies() }),
    () => ({ op: "stray", body: body() }),
    () => ({ op: "swallow", body: body() }),
  ])();
}

function rare(random: Random, thing: number, ms: number): Step {
  const maybe = random.chance(70) ? ms : null;
  return random.pick<Step>([
    { op: "forever" },
    { op: "hold", ms: maybe },
    { op: "native", ms: maybe },
    { op: "foreign-set", ms, event: thing },
    { op: "fail" },
  ]);
}

/**
 * Whether the program has something that nothing but its source shows: a timer of the platform that no task waits for,
 * or an unlabelled promise in a task that has other waits beside it: of several at once, or of code that is not awaited
 * (which goes on beside whatever comes after it). An unlabelled promise that a task waits for with nothing beside, and
 * a labelled one anywhere, must be seen by the runtime itself.
 */
export function shownBySource(program: Program): boolean {
  return program.tasks.some(taskShown);
}

function taskShown(body: Body): boolean {
  const own = [...ownSteps(body)];
  const beside = own.some(({ op }) => op === "all" || op === "stray");
  const shown = own.some(({ op }) => op === "foreign-set" || (beside && op === "native"));
  return shown || own.some((step) => tasksOf(step).some(taskShown));
}

/** The steps that run in the task itself, however deep. */
function* ownSteps(body: Body): Generator<Step> {
  for (const step of body) {
    yield step;
    if (tasksOf(step).length > 0) continue;
    if ("body" in step) yield* ownSteps(step.body);
    if ("bodies" in step) { for (const each of step.bodies) yield* ownSteps(each); }
  }
}

/** The bodies that a step gives to tasks of their own. */
function tasksOf(step: Step): readonly Body[] {
  if (step.op === "spawn") return [step.body];
  return step.op === "nursery" ? step.bodies : [];
}
