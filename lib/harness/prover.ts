/**
 * Tries to prove, while a run goes on, that its teardown will never end. A run that does not stand still loads nothing
 * of it and pays for nothing.
 *
 * @module
 */

import type { Census } from "../diagnose/proof/census.ts";
import type { Finding } from "../diagnose/proof/finding.ts";
import { epochNow } from "../protocol/epoch.ts";

type Prove = (census: Census) => Finding;

/** Whether the journal may have missed a record, and why; null when it has not. */
export type Doubt = () => string | null;

/** What was proven, and when (epoch milliseconds). */
export interface Proven {
  readonly finding: Finding & { readonly kind: "proven" };
  readonly atMs: number;
}

/** What programs import of this library. What is behind it is not for them, and is looked into where they use it. */
const LIBRARY = new URL("../../mod.ts", import.meta.url).href;

/** More than the largest record that an isolate writes. */
const ROOM_BYTES = 256 * 1024;

/** Follows one run. */
export class Prover {
  readonly #census: Census;
  readonly #scenarioUrl: string;
  readonly #doubt: Doubt;
  #loading: Promise<void> | null = null;
  #prove: Prove | null = null;
  #triedAt = -1;
  #proven: Proven | null = null;

  /** @param doubt asked before anything is called proven: a picture that lacks a record proves nothing */
  constructor(census: Census, scenarioUrl: string, doubt: Doubt) {
    this.#census = census;
    this.#doubt = doubt;
    this.#scenarioUrl = scenarioUrl;
  }

  /** What is proven now; null when nothing is, or when what was has been overtaken by something that moved. */
  get proven(): Proven | null {
    return this.#proven;
  }

  /** Looks whether a proof is possible. To be called after every look at the journal. */
  look(): Proven | null {
    const { changes } = this.#census;
    if (changes === this.#triedAt) return this.#proven;
    this.#proven = null;
    if (!this.#census.standsStill) return null;
    if (this.#prove === null) {
      this.#loading ??= this.#load();
      return null;
    }
    this.#triedAt = changes;
    const finding = this.#prove(this.#census);
    if (finding.kind === "proven") this.#proven = { finding, atMs: epochNow() };
    return this.#proven;
  }

  /** What is proven, or why nothing is, asked anew. */
  async finding(): Promise<Finding> {
    await (this.#loading ??= this.#load());
    const finding = this.#prove?.(this.#census) ??
      { kind: "not-provable", reasons: ["the prover could not be loaded"] };
    if (finding.kind === "not-provable") this.#proven = null;
    else this.#proven ??= { finding, atMs: epochNow() };
    return finding;
  }

  async #load(): Promise<void> {
    const [{ prove }, { foreignSources }] = await Promise.all([
      import("../diagnose/proof/prove.ts"),
      import("../diagnose/proof/foreign.ts"),
    ]);
    // What the source says does not change while the program runs; a finding is asked for again and again.
    const known = new Map<string, readonly string[]>();
    this.#prove = (census) => {
      const doubt = this.#doubt();
      if (doubt !== null) return { kind: "not-provable", reasons: [doubt] };
      return prove(census, (modules, of) => {
        const all = of === "living" ? [this.#scenarioUrl, ...modules] : modules;
        const key = [of, ...all].join("\n");
        const found = known.get(key) ?? foreignSources(all, LIBRARY, of);
        known.set(key, found);
        return found;
      });
    };
  }
}

/**
 * The doubts about a journal that is read by `reader` and kept in `runDir`. A subject goes on when it cannot write (a
 * full disk must not look like a hang), and what it could not write is then missing here.
 */
export function journalDoubt(reader: { readonly damage: string | null }, runDir: string): Doubt {
  return () => {
    if (reader.damage !== null) return `the journal cannot be read to its end: ${reader.damage}`;
    const probe = `${runDir}/room.tmp`;
    try {
      Deno.writeFileSync(probe, new Uint8Array(ROOM_BYTES));
      return null;
    } catch (error) {
      return `there may be no room for the journal to grow: ${String(error)}`;
    } finally {
      try {
        Deno.removeSync(probe);
      } catch {
        // It could not be made, or goes with the run directory.
      }
    }
  };
}
