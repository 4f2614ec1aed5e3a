import { assertEquals } from "@std/assert";
import type { Dump, DumpedTask, DumpedWait, IsolateDump } from "../../model/dump.ts";
import { frame, IDLE_MAIN, isolate, orphaned, parked } from "../../../tests/support/facts.ts";
import { stillMoving } from "./still_moving.ts";

function waits(id: string, parent: string | null, parkedOn: DumpedWait | null): DumpedTask {
  return parked(id, `task ${id.split("#")[1]}`, parent, parkedOn);
}

const ALONE = { peer: null, peerState: null } as const;
const CHILD = "root/tidy";
const SUPERVISED = [
  waits("root#1", null, { kind: "join", resource: 'nursery "actors" (1 running)', ...ALONE }),
  waits("root#2", "root#1", {
    kind: "event",
    resource: `event "isolate of ${CHILD} gone"`,
    peer: CHILD,
    peerState: "alive",
  }),
];

function dump(tasks: readonly DumpedTask[], child: Partial<IsolateDump> = {}): Dump {
  const { dump } = orphaned();
  if (dump === null) throw new Error("the fixture has a dump");
  const isolates = [IDLE_MAIN, isolate({ actor: CHILD, ...child })];
  return { ...dump, sharedLocks: [], tasks: [...SUPERVISED, ...tasks], isolates };
}

function sleeping(resource: string): DumpedTask {
  return waits(`${CHILD}#1`, null, { kind: "sleep", resource, ...ALONE });
}

Deno.test("stillMoving names the sleep at the end of the chain, unless it has no end", () => {
  const parked = { state: "parked", samples: [] } as const;
  assertEquals(
    stillMoving(dump([sleeping("26 ms to go")], parked)),
    `task 1 of ${CHILD} was in a sleep that ends by itself`,
  );
  assertEquals(stillMoving(dump([sleeping("forever")], parked)), null);
});

Deno.test("stillMoving takes a stack that moved for work, and one that stood for a hang", () => {
  const works = [waits(`${CHILD}#1`, null, null)];
  const at = (fn: string) => ({ atMs: 1, frames: [frame(fn, 1)] });
  const rest = { atMs: 1, frames: [] };
  const said = `task 1 of ${CHILD} was at work, and its stack had moved`;
  assertEquals(stillMoving(dump(works, { samples: [at("sort"), at("write")] })), said);
  assertEquals(stillMoving(dump(works, { samples: [at("sort"), rest], state: "parked" })), said);
  assertEquals(stillMoving(dump(works, { samples: [at("sort"), at("sort")] })), null);
  assertEquals(stillMoving(dump(works, { samples: [at("sort")] })), null);
});

Deno.test("stillMoving looks into a living peer that answers nothing, and not into one that was given up", () => {
  const moving = {
    samples: ["sort", "write"].map((fn) => ({ atMs: 1, frames: [frame(fn, 1)] })),
  };
  assertEquals(typeof stillMoving(dump([], moving)), "string");
  const [top, supervisor] = dump([]).tasks;
  if (top === undefined || supervisor?.parkedOn == null) throw new Error("the fixture has both");
  const given = {
    ...supervisor,
    parkedOn: { ...supervisor.parkedOn, peerState: "abandoned" },
  } as const;
  assertEquals(stillMoving({ ...dump([], moving), tasks: [top, given] }), null);
});

Deno.test("stillMoving says nothing of what ticks beside the chain", () => {
  const stuck = waits(`${CHILD}#1`, null, {
    kind: "recv",
    resource: "channel",
    peer: null,
    peerState: null,
  });
  const beside = waits(`${CHILD}#2`, `${CHILD}#1`, {
    kind: "sleep",
    resource: "5 ms to go",
    ...ALONE,
  });
  assertEquals(stillMoving(dump([stuck, beside], { state: "parked", samples: [] })), null);
});

Deno.test("stillMoving takes an actor that boots for one that may still come up", () => {
  const handshake = (peerState: DumpedWait["peerState"]) =>
    waits("root#2", "root#1", {
      kind: "handshake",
      resource: `handshake of ${CHILD}`,
      peer: CHILD,
      peerState,
    });
  const [top] = SUPERVISED;
  if (top === undefined) throw new Error("the fixture has it");
  const booting = (child: Partial<IsolateDump> | null, more: Partial<Dump> = {}) => {
    const all = dump([], child ?? {});
    const isolates = child === null ? [IDLE_MAIN] : all.isolates;
    return stillMoving({ ...all, isolates, tasks: [top, handshake("alive")], ...more });
  };
  const said = `${CHILD} was still starting`;
  const rest = { state: "parked", samples: [] } as const;
  assertEquals(booting(rest), said);
  assertEquals(booting({ state: "native-blocked", samples: [] }), said);
  assertEquals(booting({ ...rest, actor: null }), said);
  assertEquals(booting(null, { complete: false }), said);
  const at = (fn: string, atMs = 1) => ({ atMs, frames: [frame(fn, 1)] });
  assertEquals(booting({ samples: [at("parse"), at("check")] }), said);

  // At rest in its own module for long, it is no more on its way than one that is stuck in code.
  const loads = waits(`${CHILD}#1`, null, { kind: "hold", resource: "import of a.ts", ...ALONE });
  const resting = (sinceMs: number) =>
    booting(rest, { tasks: [top, handshake("alive"), { ...loads, sinceMs }] });
  assertEquals([resting(300), resting(3_000)], [said, null]);

  // Stuck in its own code, gone, dead or given up: it will not come up.
  assertEquals(booting({ samples: [at("parse"), at("parse", 150)] }), null);
  assertEquals(booting({ ...rest, state: "gone" }), null);
  assertEquals(booting(null), null);
  assertEquals(booting({ ...rest, actor: "root/other" }), null);
  for (const state of ["dead", "abandoned"] as const) {
    assertEquals(stillMoving({ ...dump([], rest), tasks: [top, handshake(state)] }), null);
  }
});
