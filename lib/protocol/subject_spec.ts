/**
 * What the harness asks of a subject process. It is written to `<run dir>/subject-spec.json` and the file's path is
 * the subject's one argument, so that a stale subject names its run directory in its own command line.
 *
 * @module
 */

/** One run, as asked for. Times in milliseconds; null means "as the scenario declares". */
export interface SubjectSpec {
  readonly schema: "unwedge/subject@1";
  /** File URL of the scenario module. */
  readonly scenarioUrl: string;
  readonly runDir: string;
  /** Path of the journal file. It exists (empty) before the subject starts. */
  readonly journalPath: string;
  /** Remedies by name; unknown names are refused by the subject. */
  readonly remedies: readonly string[];
  /** `--set` pairs, unchecked: the subject checks them against what the scenario declares. */
  readonly set: Readonly<Record<string, string>>;
  readonly settleMs: number | null;
  readonly softKillMs: number | null;
  readonly hardKillMs: number | null;
  readonly deadlineMs: number | null;
  readonly seed: number;
  /** Fd of the lifeline: the read end of a pipe whose write end only the harness holds. Always 3. */
  readonly lifelineFd: 3;
  /** Process id of the harness: what the subject's parent must be, for as long as the harness lives. */
  readonly harnessPid?: number;
}

/**
 * What `lib/subject/inside/describe.ts [--set=JSON] FILE_URL…` prints: one JSON array with one of these for each file,
 * in order, on a line of its own among what the files print.
 */
export type Described =
  | {
    readonly ok: true;
    readonly facts: import("./journal_event.ts").ScenarioFacts;
    /** Why a value for one of its parameters is none, when values were given; absent when all are. */
    readonly refused?: string;
  }
  | {
    readonly ok: false;
    readonly file: string;
    readonly line: number | null;
    readonly message: string;
    /** It was loaded, and declares what makes no sense; absent when it could not be loaded. */
    readonly misdeclared?: true;
  };
