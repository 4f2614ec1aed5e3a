import { assertEquals } from "@std/assert";
import type { Dump } from "../../model/dump.ts";
import { classify } from "../classify.ts";
import {
  CHILD,
  frame,
  IDLE_MAIN,
  isolate,
  SEED_DUMP,
  STARVED_MAIN,
  stuckChild,
  task,
} from "../../../tests/support/facts.ts";
import { cameOut, outByItself } from "./came_out.ts";

const WAIT = { kind: "thread", resource: "its end", peerState: "alive" } as const;
const OTHER = "root/other";

/** main waits for two children that stand still. */
function standing(change: Partial<Dump> = {}): Dump {
  const tasks = [CHILD, OTHER].map((peer, n) =>
    task({ id: `root#${n}`, parkedOn: { ...WAIT, peer } })
  );
  const isolates = [IDLE_MAIN, isolate(), isolate({ id: "worker-2", actor: OTHER })];
  return { ...SEED_DUMP, channels: [], tasks, isolates, ...change };
}

const heard = (...actors: string[]) => actors.map((actor) => ({ actor, atMs: 5_200 }));

Deno.test("cameOut names who stood still and was heard of later, and no one who moved, rested, or was in a lock", () => {
  const names = (dump: Dump) => cameOut(dump, heard(CHILD)).map(({ actor }) => actor);
  assertEquals(names(standing()), [CHILD]);
  assertEquals(cameOut(standing(), heard("root/third")), []);
  assertEquals(cameOut(standing({ isolates: [STARVED_MAIN] }), heard("root")), []);
  const native = isolate({ state: "native-blocked", samples: [] });
  assertEquals(names(standing({ isolates: [native] })), [CHILD]);
  const moved = ["a", "b"].map((fn, n) => ({ atMs: n * 150, frames: [frame(fn, 1)] }));
  assertEquals(names(standing({ isolates: [isolate({ samples: moved })] })), []);
  assertEquals(
    names(standing({ isolates: [isolate({ state: "parked", samples: [] })] })),
    [],
  );
  const lock = {
    ...{ name: "books", seenBy: CHILD, holder: "root", blockedMs: 900 },
    holderState: "alive" as const,
  };
  assertEquals(names(standing({ sharedLocks: [lock] })), []);
});

Deno.test("outByItself takes credit away only where all that is waited for came out", () => {
  const done = { atMs: 5_000, joinedMs: 300, mainActedMs: 1 };
  const why = `${CHILD} was in code, and had come to the end of it 200 ms later`;
  assertEquals(outByItself(standing(), { ...done, heard: heard(CHILD, OTHER) }), why);
  assertEquals(outByItself(standing(), { ...done, heard: heard(CHILD) }), null);
  assertEquals(outByItself(standing(), { ...done, heard: [] }), null);
});

Deno.test("outByItself takes credit away where main stood in code and acted all the same", () => {
  const dump = standing({ isolates: [STARVED_MAIN], tasks: [] });
  const done = { atMs: 5_000, joinedMs: 300, mainActedMs: 300, heard: [] };
  assertEquals(
    outByItself(dump, done),
    "main was in code, and had come to the end of it 300 ms later",
  );
  assertEquals(outByItself(dump, { ...done, mainActedMs: null }), null);
  const turning = standing({ isolates: [{ ...STARVED_MAIN, microtasks: "run" }], tasks: [] });
  assertEquals(outByItself(turning, done), null);
  const serving = task({ parkedOn: null, state: "native", serves: CHILD });
  assertEquals(outByItself({ ...dump, tasks: [serving] }, done), null);
});

Deno.test("outByItself takes credit away where a promise came that takes no cancel, unless it came at once", () => {
  const awaits = task({
    id: "root#1",
    parent: null,
    parkedOn: null,
    state: "native",
    name: "main",
  });
  const dump = standing({ isolates: [IDLE_MAIN], tasks: [awaits] });
  const done = (joinedMs: number) => ({ atMs: 5_000, joinedMs, mainActedMs: 1, heard: [] });
  const why = "#1 main of root awaited a promise that takes no cancel, and that came within 900 ms";
  assertEquals(outByItself(dump, done(900)), why);
  assertEquals(outByItself(dump, done(4)), null);
});

Deno.test("classify does not call a child stuck that came out of its code, unless another one stands", () => {
  assertEquals(classify(stuckChild({ heard: [] })).class, "stuck-child");
  const { class: name, missing } = classify(stuckChild({ heard: heard(CHILD) }));
  assertEquals(name, "unknown");
  const why = missing.find((line) => line.startsWith("stuck-child")) ?? "";
  assertEquals(why.includes(`${CHILD} stood still in code of its own, and came to the end`), true);
  const both = { ...stuckChild({ heard: heard(CHILD) }), dump: standing() };
  assertEquals(classify(both).class, "stuck-child");
});
