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

/** What was proven, and when (epoch milliseconds). */
export interface Proven {
  readonly finding: Finding & { readonly kind: "proven" };
  readonly atMs: number;
}

/** The root of this checkout: what is under it in these places is this library. */
const ROOT = new URL("../../", import.meta.url).href;
const OURS = [`${ROOT}lib/`, `${ROOT}mod.ts`];

/** Follows one run. */
export class Prover {
  readonly #census: Census;
  readonly #scenarioUrl: string;
  #loading: Promise<void> | null = null;
  #prove: Prove | null = null;
  #triedAt = -1;
  #proven: Proven | null = null;

  constructor(census: Census, scenarioUrl: string) {
    this.#census = census;
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

  /** Why nothing is proven, or that it is. */
  async finding(): Promise<Finding> {
    await (this.#loading ??= this.#load());
    return this.look()?.finding ?? this.#prove?.(this.#census) ??
      { kind: "not-provable", reasons: ["the prover could not be loaded"] };
  }

  async #load(): Promise<void> {
    const [{ prove }, { foreignSources }] = await Promise.all([
      import("../diagnose/proof/prove.ts"),
      import("../diagnose/proof/foreign.ts"),
    ]);
    // What the source says does not change while the program runs; a finding is asked for again and again.
    const known = new Map<string, readonly string[]>();
    this.#prove = (census) =>
      prove(census, (modules) => {
        const all = [this.#scenarioUrl, ...modules];
        const key = all.join("\n");
        const found = known.get(key) ?? foreignSources(all, OURS);
        known.set(key, found);
        return found;
      });
  }
}
