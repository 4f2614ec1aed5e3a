/**
 * A scenario as a subject: a Deno process that loads the scenario and writes a journal in the run directory.
 *
 * @module
 */

import type { JournalEvent } from "../protocol/journal_event.ts";
import { JournalReader } from "../protocol/journal_reader.ts";
import type { SubjectSpec } from "../protocol/subject_spec.ts";
import { encodePause, pausesPath } from "../protocol/pauses.ts";
import type { Subject, SubjectJournal } from "./subject.ts";
import { SubjectOutput } from "./subject_output.ts";
import { startSubject, type SubjectProcess } from "./subject_process.ts";

/** A scenario, as asked for. Times in milliseconds; null means "as the scenario declares". */
export interface ScenarioRequest extends
  Pick<
    SubjectSpec,
    | "scenarioUrl"
    | "runDir"
    | "remedies"
    | "set"
    | "deadlineMs"
    | "settleMs"
    | "softKillMs"
    | "hardKillMs"
    | "seed"
  > {
  readonly name: string;
}

/** What runs the scenario. */
export interface ScenarioHost {
  /** The subject's main module. */
  readonly entry: URL;
  /** Deno's permission flags for the subject. */
  permissions(scenarioUrl: string, runDir: string): readonly string[];
}

/** One scenario in a process that is not started yet. */
export class ScenarioSubject implements Subject {
  readonly name: string;
  readonly module: string;
  readonly entry: URL;
  readonly remedies: readonly string[];
  readonly output: SubjectOutput;
  readonly inspector: SubjectOutput;
  readonly journal: SubjectJournal;
  readonly #request: ScenarioRequest;
  readonly #host: ScenarioHost;

  constructor(request: ScenarioRequest, host: ScenarioHost) {
    this.#request = request;
    this.#host = host;
    this.name = request.name;
    this.module = request.scenarioUrl;
    this.entry = host.entry;
    this.remedies = request.remedies;
    this.output = this.inspector = new SubjectOutput(request.runDir);
    this.journal = new ScenarioJournal(journalPath(request));
  }

  start(): SubjectProcess {
    const { scenarioUrl, runDir, remedies, set, seed } = this.#request;
    const { settleMs, softKillMs, hardKillMs, deadlineMs } = this.#request;
    const path = journalPath(this.#request);
    Deno.openSync(path, { create: true, append: true }).close();
    Deno.writeFileSync(pausesPath(path), new Uint8Array(), { mode: 0o600 });
    return startSubject({
      spec: {
        ...{
          schema: "unwedge/subject@1",
          scenarioUrl,
          runDir,
          journalPath: path,
          remedies,
          set,
          seed,
        },
        ...{ settleMs, softKillMs, hardKillMs, deadlineMs, lifelineFd: 3, harnessPid: Deno.pid },
      },
      entry: this.#host.entry,
      permissions: this.#host.permissions(scenarioUrl, runDir),
      stdoutPath: this.output.stdoutPath,
      stderrPath: this.output.stderrPath,
    });
  }
}

class ScenarioJournal implements SubjectJournal {
  readonly #path: string;
  readonly #reader: JournalReader;

  constructor(path: string) {
    this.#path = path;
    this.#reader = new JournalReader(path);
  }

  get damage(): string | null {
    return this.#reader.damage;
  }

  read(): readonly JournalEvent[] {
    return this.#reader.read();
  }

  end(): void {
    this.#reader.end();
  }

  tellPause(fromMs: number, toMs: number): void {
    Deno.writeFileSync(pausesPath(this.#path), encodePause(fromMs, toMs), { append: true });
  }
}

function journalPath({ runDir }: ScenarioRequest): string {
  return `${runDir}/journal.msgpack`;
}
