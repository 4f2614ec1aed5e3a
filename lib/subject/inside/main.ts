/**
 * The subject: one scenario in a process of its own, observed from outside. It writes down everything that happens in
 * its journal, and ends by falling off its own end: whether the process then goes is one of the three clocks, so
 * nothing here may force it.
 *
 *     deno run … lib/subject/inside/main.ts <run dir>/subject-spec.json
 *
 * @module
 */

import { textOf } from "../../protocol/text.ts";
import { exit } from "../../protocol/platform.ts";
import { KeyboardInterrupt } from "../../actor/errors.ts";
import { observe, setActorPath, setObserver } from "../../actor/identity.ts";
import { isInterrupt, runActors } from "../../actor/spawn/run_actors.ts";
import { journalWaits } from "../../actor/waits.ts";
import { watchUntracked } from "../../actor/untracked.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import type { JournalBody } from "../../protocol/journal_event.ts";
import { JournalWriter } from "../../protocol/journal_writer.ts";
import type { SubjectSpec } from "../../protocol/subject_spec.ts";
import { watchLifeline } from "./lifeline.ts";
import { factsOf, type Loaded, loadScenario, readRequest, Refused, timingOf } from "./load.ts";
import { startPulse } from "./pulse.ts";
import type { Scenario } from "./scenario.ts";

/** Exit codes of the subject; the harness reads the journal for the reasons. */
const FAILED = 1;
const REFUSED = 2;
const INTERRUPTED = 130;

if (import.meta.main) await main(Deno.args[0]);

async function main(specPath: string | undefined): Promise<void> {
  if (specPath === undefined) throw new TypeError("usage: main.ts <run dir>/subject-spec.json");
  const spec: SubjectSpec = JSON.parse(Deno.readTextFileSync(specPath));
  const journal = new JournalWriter(spec.journalPath, "root");
  setActorPath("root");
  setObserver((body) => journal.write(body));
  observe({ kind: "boot", pid: Deno.pid });
  // Unref'd: it goes on to the very end, so that a subject that cannot exit still notices that its harness is gone.
  watchLifeline(spec.lifelineFd, () => {
    observe({ kind: "orphaned" });
    exit(INTERRUPTED);
  }, spec.harnessPid);
  watchUntracked();
  const loaded = await loadScenario(spec.scenarioUrl);
  if (loaded.kind !== "loaded") {
    observe(refusalOf(loaded));
    Deno.exitCode = REFUSED;
  } else {
    await runScenario(loaded.scenario, spec);
  }
  observe({ kind: "done" });
}

/** A mistake in what is declared is one of usage, as a flag's would be; it is told with its place. */
function refusalOf(loaded: Exclude<Loaded, { kind: "loaded" }>): JournalBody {
  const { kind, message, file, line } = loaded;
  return kind === "load-failed"
    ? { kind, message, file, line }
    : { kind: "refused", message: `${pathOfFile(file)}:${line}: ${message}` };
}

async function runScenario(scenario: Scenario, spec: SubjectSpec): Promise<void> {
  let params: Record<string, unknown>;
  try {
    params = readRequest(scenario, spec);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    observe({ kind: "refused", message: error.message });
    Deno.exitCode = REFUSED;
    return;
  }
  const { settleMs, softKillMs, hardKillMs } = timingOf(scenario, spec);
  observe({
    kind: "scenario",
    facts: factsOf(scenario, spec.scenarioUrl, spec),
    remedies: spec.remedies,
  });
  journalWaits(spec.journalPath);
  startPulse();
  try {
    await runActors(
      // The values were read by the params of this very scenario.
      () =>
        scenario.run({
          settleMs,
          params: params as never,
          note: (text) => observe({ kind: "note", text: textOf(text) }),
        }),
      {
        remedies: spec.remedies,
        softKillMs,
        hardKillMs,
        joinMs: hardKillMs,
        journal: spec.journalPath,
      },
    );
  } catch (error) {
    Deno.exitCode = isInterrupt(error) ? INTERRUPTED : FAILED;
    // An interrupt alone is what was asked for.
    if (!(error instanceof KeyboardInterrupt)) console.error(error);
  }
}
