/**
 * Gathers what the self-check asks for: once when the hang is to be judged and nobody has connected for it yet, and
 * once more when all looks are over.
 *
 * @module
 */

import { type Interference, readInterference } from "../os/interference.ts";
import { epochNow } from "../protocol/epoch.ts";
import { noRoomIn } from "../os/room.ts";
import type { RunDumps } from "./run_dumps.ts";
import type { RunParts } from "./run_parts.ts";
import { type SelfCheck, selfCheck, type SelfCheckFacts } from "./self_check.ts";

/** The self-check of one run. */
export class InterferenceCheck {
  readonly #parts: RunParts;
  #facts: SelfCheckFacts | null = null;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Before the hang is looked into. */
  async before(): Promise<SelfCheck> {
    const { watch, request, log, clock, output: { wsUrl } } = this.#parts;
    const seen = this.#seen();
    let held: SelfCheckFacts["held"] = "not-asked";
    if (seen.clients.length > 0 && seen.stopped === "no" && wsUrl !== null) {
      const { mainIsHeld } = await import("../dump/paused_main.ts");
      held = await mainIsHeld(wsUrl);
    }
    this.#facts = {
      seen,
      held,
      ownPid: Deno.pid,
      subjectPid: this.#parts.subject.pid,
      runDir: `${request.runDir}/`,
      noRoom: noRoomIn(request.runDir),
      leftPaused: [],
      stillConnected: false,
      stoppedMs: watch.stoppedMs,
      lateMs: watch.maxGapMs,
      queued: watch.queued(),
      tornDownMs: log.clockStart === null ? 0 : clock.ran(log.clockStart, epochNow()),
    };
    return selfCheck(this.#facts);
  }

  /** When everything has been looked at. */
  after(looks: RunDumps): SelfCheck {
    if (this.#facts === null) throw new Error("after() comes after before()");
    const { subject } = this.#parts;
    return selfCheck({
      ...this.#facts,
      leftPaused: (looks.dump?.isolates ?? []).filter(({ leftPaused }) => leftPaused === true)
        .map(({ id }) => id),
      // A triage or a probe may have ended it meanwhile, and then nobody is connected to anything.
      stillConnected: subject.exit === null &&
        this.#seen().clients.some(({ pid }) => pid === Deno.pid),
    });
  }

  #seen(): Interference {
    return readInterference(this.#parts.subject.pid, this.#parts.output.wsUrl);
  }
}
