/**
 * The journal of a run, folded into how every actor stands: dead, quiet, or possibly at work.
 *
 * Invariant: an actor counts as quiet only while its latest record is a `waits`. Each isolate writes synchronously, and
 * before anything can come of what it writes, so the journal up to any place is a consistent picture of all of them.
 *
 * @module
 */

import type { JournalEvent } from "../../protocol/journal_event.ts";
import type { WaitsRecord } from "../../protocol/waits.ts";

/** How one actor stands. */
export type IsolateWaits =
  /** Its life lock was granted: its isolate is really gone. */
  | { readonly kind: "dead" }
  /** It boots, works, is stuck in code, or has not said anything since it last moved. */
  | { readonly kind: "awake" }
  /** It was ended by force, and is not yet seen to be gone. */
  | { readonly kind: "dying" }
  | { readonly kind: "quiet"; readonly waits: WaitsRecord; readonly atMs: number };

/** One actor of the run. */
export interface Actor {
  readonly path: string;
  /** URL of the module that it runs, null for the root or when it is not known. */
  readonly module: string | null;
  readonly standing: IsolateWaits;
  /** Tells it from others that had its path before, or have it after. */
  readonly number: number;
}

/** Records that say nothing about whether anything moves: the heart beats on a timer of its own. */
const IDLE: readonly JournalEvent["kind"][] = ["beat", "parked"];

/** Who there is, and how they stand. */
export class Census {
  readonly #actors: Map<string, Actor> = new Map();
  readonly #modulesOfDead: Set<string> = new Set();
  #begunAt: number | null = null;
  /**
   * Who stood below an actor when it died, by its path; null when two of one path have died, and they cannot be told
   * apart.
   */
  readonly #orphans: Map<string, ReadonlyMap<string, number> | null> = new Map();
  #joined = false;
  #started = 0;
  #remedies: readonly string[] = [];
  #bootedAt: number | null = null;

  #changes = 0;

  /** Takes the next record, in file order. */
  add(event: JournalEvent): void {
    if (IDLE.includes(event.kind)) return;
    this.#changes++;
    const { actor } = event;
    if (event.kind === "waits") {
      this.#stand(actor, { kind: "quiet", waits: event.waits, atMs: event.t });
    } else {
      this.#stand(actor, { kind: "awake" });
    }
    switch (event.kind) {
      case "boot":
        this.#bootedAt ??= event.t;
        break;
      case "scenario":
        this.#remedies = event.remedies;
        this.#begunAt ??= event.t;
        break;
      case "actor-spawned":
        // A path may be taken again once its actor is dead.
        this.#actors.set(event.peer, {
          path: event.peer,
          module: event.module ?? null,
          standing: { kind: "awake" },
          number: this.#started++,
        });
        break;
      case "actor-dead":
        this.#die(event.peer);
        this.#orphans.set(
          event.peer,
          this.#orphans.has(event.peer) ? null : this.#below(event.peer),
        );
        break;
      case "orphans":
        for (const [path, number] of this.#orphans.get(event.peer) ?? []) {
          const gone = this.#actors.get(path)?.number === number && !event.living.includes(path);
          if (gone) this.#die(path);
        }
        break;
      case "rung":
        if (event.rung !== "soft-kill" && event.step === "asked") {
          this.#stand(event.peer, { kind: "dying" });
        }
        break;
      case "joined":
        this.#joined = true;
        break;
    }
  }

  /** Every actor that was ever started, the root first; of several with one path the latest. */
  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  /** Modules that some actor ran which is dead now, also one whose path another has taken since. */
  get modulesOfDead(): readonly string[] {
    return [...this.#modulesOfDead];
  }

  /** The remedies that the run began with. */
  get remedies(): readonly string[] {
    return this.#remedies;
  }

  /** Epoch milliseconds before which no code of the program was loaded, null when that is not known. */
  get bootedAt(): number | null {
    return this.#bootedAt;
  }

  /** The actor at `path`, undefined when there was none. */
  at(path: string): Actor | undefined {
    return this.#actors.get(path);
  }

  /** How many records have changed the picture: as long as this stays the same, so does every conclusion. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether it is worth a look: the program has begun, and the root can do nothing by itself. */
  get standsStill(): boolean {
    const standing = this.#actors.get("root")?.standing;
    return this.#begunAt !== null && !this.#joined && standing?.kind === "quiet" &&
      standing.waits.sources.length === 0;
  }

  /** Epoch milliseconds at which the program began, null before. */
  get begunAt(): number | null {
    return this.#begunAt;
  }

  /** Whether the run has joined. */
  get joined(): boolean {
    return this.#joined;
  }

  #die(path: string): void {
    const module = this.#actors.get(path)?.module ?? null;
    if (module !== null) this.#modulesOfDead.add(module);
    this.#stand(path, { kind: "dead" });
  }

  #below(path: string): ReadonlyMap<string, number> {
    const below = this.actors.filter((actor) => actor.path.startsWith(`${path}/`));
    return new Map(below.map(({ path, number }) => [path, number]));
  }

  /** Death is final, and one that is dying is never just quiet. */
  #stand(path: string, standing: IsolateWaits): void {
    const known = this.#actors.get(path);
    if (known?.standing.kind === "dead") return;
    if (known?.standing.kind === "dying" && standing.kind !== "dead") return;
    const number = known?.number ?? this.#started++;
    this.#actors.set(path, { path, module: known?.module ?? null, standing, number });
  }
}
