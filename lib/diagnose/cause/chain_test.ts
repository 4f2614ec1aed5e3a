import { assertEquals } from "@std/assert";
import type { Dump, DumpedTask, DumpedWait } from "../../model/dump.ts";
import { chainKey, chainOf, difference, markOf } from "./chain.ts";
import {
  HOSTAGE_LOCK,
  IDLE_MAIN,
  isolate,
  orphaned,
  parked,
} from "../../../tests/support/facts.ts";

function wait(kind: string, resource: string, more: Partial<DumpedWait> = {}): DumpedWait {
  return { kind, resource, peer: null, peerState: null, ...more };
}

const TOP = [
  parked("root#1", "root", null, wait("join", 'nursery "program" (1 running)')),
  parked("root#2", "main", "root#1", wait("join", 'nursery "actors" (1 running)')),
];
const GONE = { peer: "root/stuck", peerState: "abandoned" } as const;

function dump(tasks: readonly DumpedTask[], more: Partial<Dump> = {}): Dump {
  const { dump } = orphaned();
  if (dump === null) throw new Error("the fixture has a dump");
  return { ...dump, tasks: [...TOP, ...tasks], ...more };
}

const SEED = [
  parked(
    "root#3",
    "supervisor of stuck",
    "root#2",
    wait("event", 'event "loop of root<->root/stuck ended"', GONE),
  ),
  parked(
    "root#4",
    "loop of root<->root/stuck",
    "root#1",
    wait("recv", "channel root<->root/stuck (open)", GONE),
  ),
];

Deno.test("chainOf leads from the nursery over the supervisor and the loop to the channel", () => {
  const chain = chainOf(dump(SEED));
  assertEquals(chain.map(({ task, kind }) => [task, kind]), [
    ["#1 root", "join"],
    ["#2 main", "join"],
    ["#3 supervisor of stuck", "event"],
    ["#4 loop of root<->root/stuck", "recv"],
  ]);
  assertEquals(chain.at(-1)?.peerState, "abandoned");
});

Deno.test("chainOf goes down to the child that waits for an actor that is gone, not to one that is at work", () => {
  const busy = parked(
    "root#9",
    "listener",
    "root#2",
    wait("recv", "stream", { peer: "root/fine", peerState: "alive" }),
  );
  assertEquals(chainOf(dump([busy, ...SEED])), chainOf(dump(SEED)));
});

Deno.test("chainOf passes the call of a peer and the holder of a lock", () => {
  const chain = chainOf(dump([
    parked(
      "root#5",
      "transfer",
      "root#2",
      wait("rpc", "answer on root<->root/a", { peer: "root/a", peerState: "alive" }),
    ),
    parked("root/a#1", "root/a", null, wait("join", 'nursery "calls" (2 running)')),
    parked("root/a#3", "wait for the end", "root/a#1", wait("event", 'event "end of this actor"')),
    parked(
      "root/a#4",
      "audit",
      "root/a#1",
      wait("rpc", "answer on root/a<->root", { peer: "root", peerState: "alive" }),
    ),
    parked(
      "root#6",
      "balance",
      "root#1",
      wait("lock", 'lock "ledger" held by task #5 transfer'),
    ),
  ]));
  assertEquals(chain.map(({ task }) => task?.replace(/^#\d+ /, "")), [
    "root",
    "main",
    "transfer",
    "audit",
    "balance",
  ]);
});

Deno.test("chainOf ends at the shared lock that main blocks on", () => {
  const tasks = [parked("root#3", "supervisor of stuck", "root#2", null)];
  const blocked = chainOf(dump(tasks, { sharedLocks: [HOSTAGE_LOCK] })).at(-1);
  assertEquals([blocked?.kind, blocked?.peer], ["shared-lock", "root/stuck"]);
  // A lock that no isolate blocks on explains nothing.
  const free = chainOf(dump(tasks, { sharedLocks: [{ ...HOSTAGE_LOCK, blockedMs: null }] })).at(-1);
  assertEquals(free?.kind, "none");
});

Deno.test("chainOf of a dump without the root actor is empty", () => {
  assertEquals(chainOf(dump([], { tasks: [] })), []);
});

Deno.test("chainKey is the same for the same hang in another process", () => {
  const other = SEED.map((each) => ({ ...each, sinceMs: 9_999 }));
  const renumbered = other.map((each) => ({ ...each, id: each.id.replace("#", "#1") }));
  assertEquals(chainKey(chainOf(dump(renumbered))), chainKey(chainOf(dump(SEED))));
});

Deno.test("difference names another chain, or another class, and knows a hang again", () => {
  const first = markOf(dump(SEED), false, "orphaned-channel");
  assertEquals(difference(first, markOf(dump(SEED), false, null)), null);
  assertEquals(difference(first, markOf(dump(SEED), false, "unknown")), null);
  assertEquals(difference(first, markOf(dump(SEED), false, "orphaned-channel")), null);
  assertEquals(difference(markOf(dump(SEED), false, "unknown"), first), null);
  assertEquals(
    difference(first, markOf(dump(SEED), false, "stuck-child")),
    "it came to another hang: stuck-child, not orphaned-channel",
  );
  const elsewhere = [parked("root#3", "reader", "root#2", wait("recv", "stream", GONE))];
  assertEquals(difference(first, markOf(dump(elsewhere), false, null))?.includes("reader"), true);
  assertEquals(difference(first, markOf(dump(SEED), true, null)) === null, false);
});

Deno.test("difference compares leaks by the actors that are left", () => {
  const left = (...actors: (string | null)[]) =>
    markOf(
      dump([], { isolates: [IDLE_MAIN, ...actors.map((actor) => isolate({ actor }))] }),
      true,
      null,
    );
  assertEquals(difference(left("root/a", "root/b"), left("root/b", "root/a")), null);
  assertEquals(difference(left("root/a"), left("root/b")), "it left root/b, not root/a");
  assertEquals(difference(left("root/a"), left()), "it left no actor, not root/a");
  // An actor in a native call could not be asked for its name.
  assertEquals(difference(left(null), left("root/a")), null);
  assertEquals(difference(left(null), left("root/a", "root/b")) === null, false);
});

Deno.test("chainKey is the same for the same sleep, whatever is left of it", () => {
  const sleeping = (left: string) =>
    chainKey(chainOf(dump([parked("root#3", "tidy", "root#2", wait("sleep", left))])));
  assertEquals(sleeping("26 ms to go"), sleeping("0 ms to go"));
  assertEquals(sleeping("26 ms to go") === sleeping("forever"), false);
});
