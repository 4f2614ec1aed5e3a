/** What the steps of one run share. @module */

import type { JournalReader } from "../protocol/journal_reader.ts";
import type { OnHang } from "./hung_run.ts";
import type { Recorded } from "./event_texts.ts";
import type { RunClock } from "./run_clock.ts";
import type { ConsoleWishes } from "./run_console.ts";
import type { RunEventBody } from "./run_event.ts";
import type { RunLog } from "./run_log.ts";
import type { RunRequest } from "./run_request.ts";
import type { RunTools } from "./run_tools.ts";
import type { SubjectOutput } from "../subject/subject_output.ts";
import type { SubjectPause } from "../subject/subject_pause.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";
import type { SubjectWatch } from "../subject/watch_subject.ts";

/** Everything that belongs to one run. */
export interface RunParts {
  readonly request: RunRequest;
  readonly tools: RunTools;
  readonly subject: SubjectProcess;
  readonly log: RunLog;
  readonly output: SubjectOutput;
  readonly watch: SubjectWatch;
  readonly reader: JournalReader;
  readonly emit: (event: RunEventBody) => void;
  /** What the harness saw and did; grows with every event. */
  readonly recorded: readonly Recorded[];
  readonly stop: AbortSignal | null;
  readonly kill: AbortSignal | null;
  readonly onHang: OnHang | null;
  readonly clock: RunClock;
  readonly pause: SubjectPause;
  /** What a person asks for meanwhile; null when nobody can. */
  readonly wishes: ConsoleWishes | null;
}
