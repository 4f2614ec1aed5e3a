/**
 * Tries to prove, while a run goes on, that it will never come any further. A run that does not stand still loads nothing
 * of it and pays for nothing.
 *
 * @module
 */

import type { Census } from "../diagnose/proof/census.ts";
import type { ProofAttempt } from "../diagnose/proof/prove.ts";
import { epochNow } from "../protocol/epoch.ts";
import { LIBRARY_NAME } from "../protocol/own_code.ts";
import { osSources } from "../os/os_sources.ts";
import { diskFull } from "../os/disk.ts";
import { readSubjectIdentity } from "../subject/subject_identity.ts";
import { loadLater } from "../os/load_later.ts";

/** Proves from the picture alone. */
type Prove = (census: Census) => ProofAttempt;

/** Why what the journal says may not be all there is; null when it is. Asked last, for it costs most. */
export type Doubt = (census: Census) => string | null;

/** What was proven, and when (epoch milliseconds). */
export interface Proven {
  readonly finding: ProofAttempt & { readonly kind: "proven" };
  readonly atMs: number;
}

/** The module that programs may import without being read; what they import of lib past it is read like their own. */
export const LIBRARY = new URL("../../mod.ts", import.meta.url).href;

/** Every subject has its inspector's port and two socket pairs of Deno's own (2.9.6). */
const SOCKETS = 5;

/** A doubt can pass without a record (a thread of a dead isolate ends a moment after it); so it is asked for again. */
const DOUBT_AGAIN_MS = 25;

const NO_JOURNAL = "it writes no journal, so what its tasks wait for is not known";

/** Follows one run. */
export class Prover {
  readonly #census: Census | null;
  readonly #module: string | null;
  readonly #doubt: Doubt;
  #loading: Promise<void> | null = null;
  #prove: Prove | null = null;
  #triedAt = -1;
  #doubtedAtMs: number | null = null;
  #proven: Proven | null = null;

  /**
   * @param census null for a subject without a journal: nothing is proven of it
   * @param module what the program consists of besides the modules of its actors; null when that is not known
   * @param doubt asked before anything is called proven: a picture that lacks a record proves nothing
   */
  constructor(census: Census | null, module: string | null, doubt: Doubt) {
    this.#census = census;
    this.#doubt = doubt;
    this.#module = module;
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
    const finding: ProofAttempt = this.#prove === null
      ? { kind: "not-provable", reasons: ["the prover could not be loaded"] }
      : this.#ask(this.#prove, census);
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
    const own = this.#module === null ? [] : [this.#module];
    const [{ prove }, { foreignSources }] = await Promise.all([
      loadLater<typeof import("../diagnose/proof/prove.ts")>(
        import.meta.resolve("../diagnose/proof/prove.ts"),
      ),
      loadLater<typeof import("../diagnose/proof/foreign.ts")>(
        import.meta.resolve("../diagnose/proof/foreign.ts"),
      ),
    ]);
    // What the source says does not change while the program runs; a finding is asked for again and again.
    const known = new Map<string, readonly string[]>();
    const sourcesOf = (module: string, of: "living" | "dead") => {
      const key = `${of} ${module}`;
      const name = census.library === LIBRARY ? LIBRARY_NAME : null;
      const found = known.get(key) ?? foreignSources([module], LIBRARY, of, undefined, name);
      known.set(key, found);
      return found;
    };
    // Read before it is needed, and ask once for nothing: what is done for the first time takes most of a proof's time.
    for (const { module } of census.actors) if (module !== null) sourcesOf(module, "living");
    for (const module of own) sourcesOf(module, "living");
    this.#doubt(census);
    this.#prove = (census) =>
      prove(census, (modules, of) => {
        const all = of === "living" ? [...own, ...modules] : modules;
        return [...new Set(all.flatMap((module) => sourcesOf(module, of)))];
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
