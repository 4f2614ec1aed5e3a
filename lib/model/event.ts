/**
 * The events of a run as `--events` and `events.ndjson` write them (`unwedge/event@1`): one JSON object a line, as it
 * happens. Large things (dumps, attempts) are named, not repeated: they stand in the result document.
 *
 * @module
 */

import { z } from "zod";
import { becauseSchema } from "./watched.ts";
import { actionReportSchema, actionSchema, clocksSchema } from "./action.ts";
import { trialSchema } from "./diagnosis.ts";
import type { Read } from "./read.ts";
import {
  ownerSchema,
  phaseSchema,
  rungSchema,
  sigintStandInSchema,
  toolSchema,
  totalsSchema,
  verdictSchema,
} from "./result.ts";

const ms = z.number();
const why = z.string();

/** What an attempt goes through while it runs. `afterMs` counts from the request of teardown, or from the signal. */
export const RUN_EVENTS = {
  "subject-started": { pid: z.number().int() },
  "scenario-loaded": { name: z.string(), deadlineMs: ms },
  "teardown-requested": { why },
  // A rung of the ladder, as the subject recorded it.
  rung: {
    actor: z.string(),
    rung: rungSchema,
    step: z.enum(["asked", "acked", "effect"]),
    effect: z.string().nullable(),
  },
  clock: { which: z.enum(["nursery-joined", "threads-gone", "process-exited"]), afterMs: ms },
  // Still running: sent at `--slow` and whenever that has doubled. `parked` has one line for each long wait.
  slow: { elapsedMs: ms, parked: z.array(z.string()) },
  // `joined` tells a leak (true) from a hang (false).
  "deadline-passed": { deadlineMs: ms, joined: z.boolean(), phase: phaseSchema.exactOptional() },
  // A command that is watched has not ended; `boundMs` is what was passed, 0 for a proof.
  "not-ended": { because: becauseSchema, boundMs: ms },
  "dump-started": {},
  "dump-taken": {
    complete: z.boolean(),
    isolates: z.number().int(),
    tasks: z.number().int(),
    tookMs: ms,
  },
  "dump-failed": { why },
  "sigint-sent": {},
  // By main, if nothing else is named.
  "sigint-acted": { afterMs: ms, by: sigintStandInSchema.exactOptional() },
  "sigint-ignored": { waitedMs: ms },
  // A starved main isolate was freed; `handledMs` is when the queued handler ran after that, null if it did not.
  "main-freed": { how: z.string(), handledMs: ms.nullable() },
  // It was proven that the nursery will never join.
  proven: { afterMs: ms },
  // The run waits for the operator's decision; its clocks stand.
  standing: { because: z.enum(["deadline-passed", "proven", "interrupted"]) },
  resumed: { then: z.enum(["continue", "end", "kill", "stopped"]), stoodMs: ms },
  // Something is being done to the subject from outside.
  "action-started": { action: actionSchema },
  "action-done": { report: actionReportSchema },
  // Subject and clocks are stopped (Ctrl-Z).
  paused: {},
  continued: { pausedMs: ms },
  ending: { why },
  judged: {
    verdict: verdictSchema,
    class: z.string().nullable(),
    owner: ownerSchema.nullable(),
    proven: z.boolean(),
    clocks: clocksSchema,
  },
} as const;

/** What is told of an attempt beside what it goes through. */
const ATTEMPT_EVENTS = {
  ...RUN_EVENTS,
  // Of several scenarios: which one the attempt runs.
  "attempt-started": { scenario: z.string(), remedies: z.array(z.string()) },
  // Whether the attempt is as declared; null when nothing is declared about it.
  compared: { asDeclared: z.boolean().nullable(), differences: z.array(z.string()) },
  // A copy of the hang is started, to try something on it; its events come under this number.
  "replica-started": { where: z.string() },
  // What came of trying something on a copy of the hang.
  trial: { trial: trialSchema },
  // What the trials say of the cause.
  diagnosed: {
    class: z.string(),
    confirmation: z.enum(["confirmed", "conflict", "unconfirmed"]),
    cause: z.string().nullable(),
  },
  // An attempt that unwedge could not judge.
  "not-judged": { message: z.string() },
} as const;

/** What is told of the whole. */
const WHOLE_EVENTS = {
  "run-started": {
    runId: z.string(),
    scenario: z.string(),
    seed: z.number(),
    remedies: z.array(z.string()),
    argv: z.array(z.string()),
    tool: toolSchema,
  },
  signal: { signal: z.string(), then: z.string() },
  // Always the last one: a stream that ends without it was cut.
  "run-finished": { totals: totalsSchema, partial: z.boolean(), exitCode: z.number().int() },
} as const;

type Table = Readonly<Record<string, z.ZodRawShape>>;
type Body<T extends Table> = {
  [Type in keyof T & string]:
    & { readonly type: Type }
    & (keyof T[Type] extends never ? unknown : Read<z.ZodObject<T[Type]>>);
}[keyof T & string];

/** What an attempt goes through. */
export type AttemptProgress = Body<typeof RUN_EVENTS>;

/** One event without its envelope. `attempt` counts from 1. Discriminated by `type`. */
export type StreamEventBody =
  | ({ readonly attempt: number } & Body<typeof ATTEMPT_EVENTS>)
  | Body<typeof WHOLE_EVENTS>;

/** One line of the stream. */
export type StreamEvent = StreamEventBody & {
  readonly schema: "unwedge/event@1";
  /** Counts from 0 without a gap. */
  readonly seq: number;
  /** Since the run began. */
  readonly atMs: number;
};

const envelope = { schema: z.literal("unwedge/event@1"), seq: z.number().int(), atMs: ms };

function variants(table: Table, around: z.ZodRawShape) {
  return Object.entries(table).map(([type, shape]) =>
    z.object({ ...around, type: z.literal(type), ...shape })
  );
}

const [first, ...others] = [
  ...variants(ATTEMPT_EVENTS, { ...envelope, attempt: z.number().int() }),
  ...variants(WHOLE_EVENTS, envelope),
];
if (first === undefined) throw new RangeError("the table of events is empty");

/** The schema of one line of the stream. */
export const streamEventSchema = z.discriminatedUnion("type", [first, ...others]);
