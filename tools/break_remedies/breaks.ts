/**
 * How each remedy of the runtime is broken by hand: an early return where it begins to act. What is switched on stays
 * switched on, so that a run with the broken remedy is a run in which the runtime believes that it has it.
 *
 * Invariant: every place is found exactly once, or nothing is broken at all (`breakRemedy` says which was not).
 *
 * @module
 */

/** One place in the source. */
export interface Place {
  /** Path in the repository. */
  readonly file: string;
  /** The line after which the early return goes, as it stands there, without its indentation. */
  readonly after: string;
  /** The early return. */
  readonly insert: string;
}

/** How to break one remedy. */
export interface Break {
  readonly remedy: string;
  readonly places: readonly Place[];
}

const CHILD = "lib/actor/spawn/child.ts";
const REMEDIES = "lib/actor/spawn/remedies.ts";

/** Every remedy. */
export const BREAKS: readonly Break[] = [
  {
    remedy: "channel-abort",
    places: [{
      file: REMEDIES,
      after:
        'export function abortChannel(link: Link, why: string, by: Applied = "runtime"): boolean {',
      insert: "return false;",
    }],
  },
  {
    remedy: "cancel-peer-tasks",
    places: [{
      file: REMEDIES,
      after:
        'export function cancelPeerTasks(link: Link, why: string, by: Applied = "runtime"): boolean {',
      insert: "return false;",
    }],
  },
  {
    remedy: "bounded-join",
    // Two joins have a bound: that of a nursery, and that of the whole actor.
    places: [
      {
        file: "lib/actor/spawn/actor_nursery.ts",
        after: "async #joinLoop(child: Child): Promise<void> {",
        insert: "return await child.link.done.wait();",
      },
      {
        file: "lib/actor/spawn/runtime.ts",
        after: "async joinPeers(): Promise<void> {",
        insert: 'return await new CancelScope({ shield: true, name: "join of the peers" })' +
          ".run(async () => { for (const link of [...this.#links]) await link.done.wait(); });",
      },
    ],
  },
  {
    remedy: "boot-race",
    // It loses the race, and ends a conversation that never began.
    places: [
      { file: CHILD, after: "#loseBootRace(why: string): void {", insert: "return;" },
      {
        file: CHILD,
        after: "#eof(): void {",
        insert: 'if (!this.#remedies.has("death-watch")) return;',
      },
    ],
  },
  {
    remedy: "death-watch",
    places: [{
      file: CHILD,
      after: 'if (this.#remedies.has("death-watch")) {',
      insert: "return;",
    }],
  },
  {
    remedy: "reap",
    places: [{
      file: "lib/actor/spawn/reaper.ts",
      after: "async reap(lifeLock: string): Promise<ReapOutcome> {",
      insert: 'return { kind: "failed", why: "broken by hand" };',
    }],
  },
  {
    remedy: "sentinel",
    places: [{
      file: "lib/actor/sentinel/root_sentinel.ts",
      after: "teardown(underWay: boolean): void {",
      insert: "return;",
    }],
  },
];

/**
 * Breaks one remedy in a copy of the repository.
 *
 * @param root path of the copy
 * @returns how to mend it
 * @throws {Error} when a place is not found exactly once; then nothing was changed
 */
export function breakRemedy({ remedy, places }: Break, root: string): () => void {
  const files = new Map<string, { readonly whole: string; broken: string }>();
  for (const { file, after, insert } of places) {
    const path = `${root}/${file}`;
    const whole = Deno.readTextFileSync(path);
    const known = files.get(path) ?? { whole, broken: whole };
    files.set(path, known);
    known.broken = insertAfter(known.broken, after, insert, `${remedy}: ${file}`);
  }
  for (const [path, { broken }] of files) Deno.writeTextFileSync(path, broken);
  return () => {
    for (const [path, { whole }] of files) Deno.writeTextFileSync(path, whole);
  };
}

function insertAfter(text: string, after: string, insert: string, where: string): string {
  const lines = text.split("\n");
  const found = lines.flatMap((line, index) => line.trim() === after ? [index] : []);
  const [index] = found;
  if (index === undefined || found.length > 1) {
    throw new Error(
      `${where} has the line ${JSON.stringify(after)} ${found.length} times, not once`,
    );
  }
  return lines.toSpliced(index + 1, 0, insert).join("\n");
}
