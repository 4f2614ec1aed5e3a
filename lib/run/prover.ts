/**
 * Tries to prove, while a run goes on, that it will never come any further. A run that does not stand still loads nothing
 * of it and pays for nothing.
 *
 * @module
 */

import type { Census } from "../diagnose/proof/census.ts";
import type { ProofAttempt } from "../diagnose/proof/prove.ts";
import { epochNow } from "../protocol/epoch.ts";
import { osSources } from "../os/os_sources.ts";
import type { Subject } from "../subject/subject.ts";
import { diskFull } from "../os/disk.ts";
import { readSubjectIdentity } from "../subject/subject_identity.ts";
import { loadLater } from "../os/load_later.ts";

/** Proves from the picture alone. */
type Prove = (census: Census) => ProofAttempt;

/** Why what the journal says may not be all there is; null when it is. Asked last, for it costs most. */
export type Doubt = (census: Census) => string | null;

/** What the subject runs besides the modules of its actors. */
export type Program = Pick<Subject, "module" | "entry">;

/** What was proven, and when (epoch milliseconds). */
export interface Proven {
  readonly finding: ProofAttempt & { readonly kind: "proven" };
  readonly atMs: number;
}

/** Every subject has its inspector's port and two socket pairs of Deno's own (2.9.6). */
const SOCKETS = 5;

/** A doubt can pass without a record (a thread of a dead isolate ends a moment after it); so it is asked for again. */
const DOUBT_AGAIN_MS = 25;

const NO_JOURNAL = "it writes no journal, so what its tasks wait for is not known";

/** Follows one run. */
export class Prover {
  readonly #census: Census | null;
  readonly #program: Program;
  readonly #doubt: Doubt;
  #loading: Promise<void> | null = null;
  #prove: Prove | null = null;
  #triedAt = -1;
  #doubtedAtMs: number | null = null;
  /** Under way for modules that were loaded late. */
  #resolving: Promise<void> | null = null;
  #proven: Proven | null = null;

  /**
   * @param census null for a subject without a journal: nothing is proven of it
   * @param doubt asked before anything is called proven: a picture that lacks a record proves nothing
   */
  constructor(census: Census | null, program: Program, doubt: Doubt) {
    this.#census = census;
    this.#doubt = doubt;
    this.#program = program;
  }

  /** What is proven now; null when nothing is, or when what was has been overtaken by something that moved. */
  get proven(): Proven | null {
    return this.#proven;
  }

  /** Gets ready, so that nothing has to be loaded when a hang is there. */
  prepare(): void {
    if (this.#census !== null) this.#loading ??= this.#load(this.#census);
  }

  /** Looks whether a proof is possible. To be called after every look at the journal. */
  look(): Proven | null {
    const census = this.#census;
    if (census === null) return null;
    const { changes } = census;
    if (changes === this.#triedAt) {
      const again = this.#doubtedAtMs !== null && epochNow() - this.#doubtedAtMs >= DOUBT_AGAIN_MS;
      if (!again) return this.#proven;
    }
    this.#proven = null;
    if (!census.standsStill) return null;
    if (this.#prove === null) {
      this.prepare();
      return null;
    }
    this.#triedAt = changes;
    const finding = this.#ask(this.#prove, census);
    if (finding.kind === "proven") this.#proven = { finding, atMs: epochNow() };
    return this.#proven;
  }

  /** What is proven, or why nothing is, asked anew. */
  async finding(): Promise<ProofAttempt> {
    const census = this.#census;
    if (census === null) return { kind: "not-provable", reasons: [NO_JOURNAL] };
    await (this.#loading ??= this.#load(census));
    let finding: ProofAttempt = { kind: "not-provable", reasons: ["the prover cannot be loaded"] };
    // Asked again as long as it has turned out meanwhile that more modules are to be read.
    for (let again = true; again && this.#prove !== null; again = this.#resolving !== null) {
      await this.#resolving;
      finding = this.#ask(this.#prove, census);
    }
    if (finding.kind === "not-provable") this.#proven = null;
    else this.#proven ??= { finding, atMs: epochNow() };
    return finding;
  }

  #ask(prove: Prove, census: Census): ProofAttempt {
    this.#doubtedAtMs = null;
    const finding = prove(census);
    if (finding.kind !== "proven") return finding;
    const doubt = this.#doubt(census);
    if (doubt === null) return finding;
    this.#doubtedAtMs = epochNow();
    return { kind: "not-provable", reasons: [doubt] };
  }

  async #load(census: Census): Promise<void> {
    const { module, entry } = this.#program;
    const own = module === null ? [] : [module];
    const [{ prove }, { ProgramSources }] = await Promise.all([
      loadLater<typeof import("../diagnose/proof/prove.ts")>(
        import.meta.resolve("../diagnose/proof/prove.ts"),
      ),
      loadLater<typeof import("./program_sources.ts")>(import.meta.resolve("./program_sources.ts")),
    ]);
    const sources = new ProgramSources(entry, () => census.bootedAt);
    // Read before it is needed, and ask once for nothing: what is done for the first time takes most of a proof's time.
    const first = [...own, ...census.actors.flatMap(({ module }) => module ?? [])];
    await sources.resolve(first);
    for (const module of first) sources.of(module, "living");
    this.#doubt(census);
    this.#prove = (census) =>
      prove(census, (modules, of) => {
        const all = of === "living" ? [...own, ...modules] : modules;
        if (!all.every((module) => sources.has(module))) {
          this.#resolving ??= sources.resolve(all).then(() => {
            this.#resolving = null;
            this.#triedAt = -1;
          });
        }
        return [...new Set(all.flatMap((module) => sources.of(module, of)))];
      });
  }
}

/**
 * The doubts about a journal that is read by `reader` and kept in `runDir`. A subject goes on when it cannot write (a
 * full disk must not look like a hang), and what it could not write is then missing here. And the kernel may know of
 * something that no isolate has written down.
 */
export function journalDoubt(reader: { readonly damage: string | null }, runDir: string): Doubt {
  return (census) => {
    const subject = readSubjectIdentity(runDir);
    const [seen = null] = subject === null
      ? []
      : osSources(subject.pid, { workers: workersOf(census), sockets: SOCKETS });
    if (seen !== null) return `the subject has what its own records do not show: ${seen}`;
    if (reader.damage !== null) return `the journal cannot be read to its end: ${reader.damage}`;
    const noRoom = diskFull(runDir);
    return noRoom === null ? null : `there may be no room for the journal to grow: ${noRoom}`;
  };
}

function workersOf({ actors, remedies }: Census): number {
  const living = actors.filter(({ path, standing }) => path !== "root" && standing.kind !== "dead");
  return living.length + (remedies.includes("sentinel") ? 1 : 0);
}
