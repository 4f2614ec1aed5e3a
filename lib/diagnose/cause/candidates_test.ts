import { assertEquals } from "@std/assert";
import { REMEDIES } from "../../protocol/remedies.ts";
import type { Dump, DumpedTask } from "../../model/dump.ts";
import { CHILD, IDLE_MAIN, isolate, orphaned, task } from "../../../tests/support/facts.ts";
import { candidatesOf, type HangClues, worthReaping } from "./candidates.ts";

const TOP: readonly DumpedTask[] = [
  task({
    id: "root#1",
    name: "root",
    parent: null,
    parkedOn: { kind: "join", resource: 'nursery "program"', peer: null, peerState: null },
  }),
  task({
    id: "root#2",
    name: "main",
    parent: "root#1",
    parkedOn: { kind: "join", resource: 'nursery "actors"', peer: null, peerState: null },
  }),
];

function dump(change: Partial<Dump> = {}): Dump {
  const { dump } = orphaned();
  if (dump === null) throw new Error("the fixture has a dump");
  return { ...dump, isolates: [IDLE_MAIN], tasks: TOP, channels: [], ...change };
}

function likely(clues: Partial<HangClues>, sigint = false): string[] {
  return candidatesOf({ dump: dump(), joined: false, lost: new Set(), ...clues }, sigint)
    .filter((each) => each.likely).map(({ name }) => name);
}

function channel(peerState: "alive" | "dead" | "abandoned", state = "open"): Dump["channels"] {
  return [{ id: "c", actor: "root", peer: CHILD, state, peerState, why: "" }];
}

Deno.test("candidatesOf has every remedy, in the order of the table, and Ctrl-C first where it is asked for", () => {
  const names = candidatesOf({ dump: dump(), joined: false, lost: new Set() }, true)
    .map(({ name }) => name);
  assertEquals(names, ["Ctrl-C", ...REMEDIES.map(({ name }) => name)]);
  assertEquals(likely({ dump: null }), REMEDIES.map(({ name }) => name));
});

Deno.test("candidatesOf expects channel-abort to help only with who was ended by force", () => {
  const channels = channel("abandoned");
  assertEquals(likely({ dump: dump({ channels }), lost: new Set([CHILD]) }), [
    "channel-abort",
    "cancel-peer-tasks",
  ]);
  assertEquals(likely({ dump: dump({ channels }) }), []);
  const closed = dump({ channels: channel("abandoned", "broken") });
  assertEquals(likely({ dump: closed, lost: new Set([CHILD]) }), []);
});

Deno.test("candidatesOf expects each other remedy where its fact is in the dump", () => {
  assertEquals(likely({ dump: dump({ channels: channel("dead") }) }), ["death-watch"]);
  const joins = task({
    parent: "root#2",
    parkedOn: {
      kind: "event",
      resource: `event "loop of root<->${CHILD} ended"`,
      peer: CHILD,
      peerState: "dead",
    },
  });
  assertEquals(likely({ dump: dump({ tasks: [...TOP, joins] }) }), ["bounded-join"]);
  const boots = task({
    parent: "root#2",
    parkedOn: { kind: "handshake", resource: "handshake", peer: CHILD, peerState: "dead" },
  });
  assertEquals(likely({ dump: dump({ tasks: [...TOP, boots] }) }), ["boot-race"]);
  const storm = isolate({ id: "main", kind: "main", actor: "root", microtasks: "run" });
  assertEquals(likely({ dump: dump({ isolates: [storm] }) }), ["sentinel"]);
  assertEquals(likely({ dump: dump({ isolates: [{ ...storm, microtasks: "stand" }] }) }), []);
  assertEquals(likely({ dump: dump({ isolates: [IDLE_MAIN, isolate()] }) }), ["reap"]);
});

Deno.test("candidatesOf cancels one task only where no actor is dead or given up", () => {
  const waits = (peerState: "alive" | "dead" | null) =>
    task({
      parent: "root#2",
      name: "report",
      parkedOn: { kind: "event", resource: "notification", peer: null, peerState },
    });
  assertEquals(likely({ dump: dump({ tasks: [...TOP, waits(null)] }) }), ['cancel "report"']);
  assertEquals(likely({ dump: dump({ tasks: [...TOP, waits("dead")] }) }), []);
  const runs = task({ parent: "root#2", state: "native", parkedOn: null });
  assertEquals(likely({ dump: dump({ tasks: [...TOP, runs] }) }), []);
});

Deno.test("candidatesOf of a leak expects nothing but reap, and that only where a thread is left", () => {
  const channels = channel("dead");
  const left = dump({ channels, isolates: [IDLE_MAIN, isolate()] });
  const clues = { joined: true, lost: new Set([CHILD]) };
  assertEquals(likely({ dump: left, ...clues }, true), ["reap"]);
  assertEquals(likely({ dump: dump({ channels }), ...clues }, true), []);
});

Deno.test("worthReaping is for who is stuck or given up, not for a child that waits in order", () => {
  const idle = isolate({ state: "parked" });
  assertEquals(worthReaping(dump({ isolates: [IDLE_MAIN, idle] }), false), false);
  assertEquals(worthReaping(dump({ isolates: [IDLE_MAIN, idle] }), true), true);
  const lock = {
    name: "l",
    seenBy: "root",
    holder: CHILD,
    holderState: "abandoned",
    blockedMs: 1,
  } as const;
  assertEquals(worthReaping(dump({ sharedLocks: [lock] }), false), true);
});
