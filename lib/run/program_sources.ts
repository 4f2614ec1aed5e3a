/**
 * What the modules of a running program use, by their source: resolved as the subject resolves them, and read as they
 * were when it was started. Loaded when a run takes its time.
 *
 * @module
 */

import { foreignSources, type Living, readModule } from "../diagnose/proof/foreign.ts";
import { type Resolution, resolution } from "../subject/resolution.ts";

/** The module that programs may import without being read; what they import of lib past it is read like their own. */
const LIBRARY = new URL("../../mod.ts", import.meta.url).href;

const NO_ENTRY: Resolution = {
  kind: "unknown",
  why: "how the imports of the program are resolved is not known",
};

/** The sources of one program. */
export class ProgramSources {
  readonly #entry: URL | null;
  readonly #bootedAt: () => number | null;
  readonly #resolved: Map<string, Resolution> = new Map();
  /** What the source says does not change while the program runs, and it is asked for again and again. */
  readonly #known: Map<string, readonly string[]> = new Map();

  /**
   * @param entry the main module of the subject, null when it is not known
   * @param bootedAt epoch milliseconds at which the subject had not yet loaded the program; null for not known
   */
  constructor(entry: URL | null, bootedAt: () => number | null) {
    this.#entry = entry;
    this.#bootedAt = bootedAt;
  }

  /** Whether what a module imports has been asked for, so that {@linkcode ProgramSources.of} tells of it. */
  has(module: string): boolean {
    return this.#resolved.has(module);
  }

  /** Asks what the modules import. */
  async resolve(modules: readonly string[]): Promise<void> {
    const fresh = modules.filter((module) => !this.has(module));
    if (fresh.length === 0) return;
    const found = this.#entry === null ? NO_ENTRY : await resolution(fresh, this.#entry);
    for (const module of fresh) this.#resolved.set(module, found);
  }

  /** What a module uses, or why that is not known, in words; see `foreignSources`. */
  of(module: string, living: Living): readonly string[] {
    const found = this.#resolved.get(module);
    if (found === undefined) return [`what ${module} imports is not known yet`];
    if (found.kind === "unknown") return [found.why];
    const key = `${living} ${module}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const read = (url: string) => this.#readUnchanged(url);
    const sources = foreignSources([module], found.resolve, LIBRARY, living, read);
    this.#known.set(key, sources);
    return sources;
  }

  #readUnchanged(url: string): string {
    const { mtime } = Deno.statSync(new URL(url));
    const bootedAt = this.#bootedAt();
    if (bootedAt !== null && mtime !== null && mtime.getTime() > bootedAt) {
      throw new Error("it was changed after the program was started");
    }
    return readModule(url);
  }
}
