import { assertEquals } from "@std/assert";
import type { JournalEvent } from "../../protocol/journal_event.ts";
import { prove } from "./prove.ts";
import {
  BEGUN,
  censusOf,
  DEAD,
  end,
  quiet,
  record,
  SPAWNED,
} from "../../../tests/support/census.ts";

const NOTHING_FOREIGN = () => [];

/** Both live, both quiet, and every message has arrived. */
const STANDSTILL = [
  BEGUN,
  SPAWNED,
  quiet("root/child", { channels: [end("root", 3, 5)] }),
  quiet("root", { channels: [end("root/child", 5, 3)] }),
];

function reasonsFor(events: readonly JournalEvent[]): readonly string[] | "proven" {
  const finding = prove(censusOf(events), NOTHING_FOREIGN);
  return finding.kind === "proven" ? "proven" : finding.reasons;
}

Deno.test("prove() proves a standstill of all living isolates", () => {
  assertEquals(reasonsFor(STANDSTILL), "proven");
});

Deno.test("prove() says since when nothing has moved: the last isolate counts", () => {
  const finding = prove(
    censusOf([
      ...STANDSTILL,
      quiet("root/child", { quietSinceMs: 950, channels: [end("root", 3, 5)] }),
    ]),
    NOTHING_FOREIGN,
  );
  assertEquals(finding.kind === "proven" && finding.quietSinceMs, 950);
});

Deno.test("prove() proves nothing before the program has begun", () => {
  assertEquals(reasonsFor([quiet("root")]), ["the program has not begun"]);
});

Deno.test("prove() proves nothing after the nursery has joined", () => {
  const joined = record("root", { kind: "joined", outcome: "ok", error: null });
  assertEquals(reasonsFor([...STANDSTILL, joined, quiet("root")]), ["the nursery has joined"]);
});

Deno.test("prove() proves nothing when an isolate has moved since it was quiet", () => {
  for (const actor of ["root", "root/child"]) {
    assertEquals(reasonsFor([...STANDSTILL, record(actor, { kind: "stirs" })]), [
      `${actor} has not come to rest: it could still act`,
    ]);
  }
});

Deno.test("prove() takes any record of an actor for a move, and a heartbeat for none", () => {
  const note = record("root", { kind: "note", text: "moved" });
  assertEquals(reasonsFor([...STANDSTILL, note]) === "proven", false);
  const beat = record("root", { kind: "beat", n: 1, maxGapMs: 0 });
  assertEquals(reasonsFor([...STANDSTILL, beat]), "proven");
});

Deno.test("prove() proves nothing while an actor has never been heard of", () => {
  assertEquals(reasonsFor([BEGUN, SPAWNED, quiet("root")]), [
    "root/child has not come to rest: it could still act",
  ]);
});

Deno.test("prove() needs nothing of an actor that is dead", () => {
  assertEquals(reasonsFor([BEGUN, SPAWNED, DEAD, quiet("root")]), "proven");
});

Deno.test("prove() proves nothing when the root has not been quiet since a death", () => {
  assertEquals(reasonsFor([...STANDSTILL, DEAD]), [
    "root has not come to rest: it could still act",
  ]);
});

Deno.test("prove() proves nothing while an actor is being ended by force, however quiet it was", () => {
  for (const rung of ["hard-kill", "reap", "abandon"] as const) {
    const asked = record("root", {
      kind: "rung",
      peer: "root/child",
      rung,
      step: "asked",
      effect: null,
    });
    const late = quiet("root/child", { channels: [end("root", 3, 5)] });
    const root = quiet("root", { channels: [end("root/child", 5, 3)] });
    assertEquals(reasonsFor([...STANDSTILL, asked, late, root]), [
      "root/child was ended by force and is not known to be dead: it could still act",
    ]);
    assertEquals(reasonsFor([...STANDSTILL, asked, DEAD, root]), "proven");
  }
});

Deno.test("prove() proves nothing while a source is left in any living isolate", () => {
  for (const actor of ["root", "root/child"]) {
    const ends = actor === "root" ? [end("root/child", 5, 3)] : [end("root", 3, 5)];
    const waiting = quiet(actor, { channels: ends, sources: ["1 timer, the next in 9 ms"] });
    assertEquals(reasonsFor([...STANDSTILL, waiting]), [`${actor}: 1 timer, the next in 9 ms`]);
  }
});

Deno.test("prove() proves nothing while a message is on its way, in either direction", () => {
  const down = quiet("root", { channels: [end("root/child", 6, 3)] });
  assertEquals(reasonsFor([...STANDSTILL, down]), [
    "root has sent 6 messages to root/child, which has received 5",
  ]);
  const up = quiet("root/child", { channels: [end("root", 4, 5)] });
  assertEquals(reasonsFor([...STANDSTILL, up]), [
    "root/child has sent 4 messages to root, which has received 3",
  ]);
});

Deno.test("prove() waits for the last words of a closed end, and not for what is sent to one", () => {
  const closed = quiet("root/child", { channels: [end("root", 4, 5, "closed")] });
  assertEquals(reasonsFor([...STANDSTILL, closed]), [
    "root/child has sent 4 messages to root, which has received 3",
  ]);
  const heard = quiet("root", { channels: [end("root/child", 9, 4)] });
  assertEquals(reasonsFor([...STANDSTILL, closed, heard]), "proven");
});

Deno.test("prove() proves nothing about a program that uses what this runtime does not see", () => {
  for (const guilty of ["living", "dead"]) {
    const finding = prove(
      censusOf(STANDSTILL),
      (_, of) => of === guilty ? ["child.ts uses fetch"] : [],
    );
    assertEquals(finding, { kind: "not-provable", reasons: ["child.ts uses fetch"] });
  }
});

/** What `foreign` is asked about. */
function asked(events: readonly JournalEvent[]): Record<string, readonly string[]> {
  const asked: Record<string, readonly string[]> = {};
  prove(censusOf(events), (modules, of) => {
    asked[of] = modules;
    return [];
  });
  return asked;
}

Deno.test("prove() asks about the source of the living, and apart about that of the dead", () => {
  const child = "file:///child.ts";
  assertEquals(asked(STANDSTILL), { living: [child], dead: [] });
  assertEquals(asked([BEGUN, SPAWNED, DEAD, quiet("root")]), { living: [], dead: [child] });
});

Deno.test("prove() remembers the source of the dead when another has taken the name", () => {
  const events = [...STANDSTILL, DEAD, SPAWNED, ...STANDSTILL.slice(2)];
  assertEquals(asked(events), { living: ["file:///child.ts"], dead: ["file:///child.ts"] });
});

Deno.test("prove() takes a new actor of an old name for another one", () => {
  assertEquals(reasonsFor([BEGUN, SPAWNED, DEAD, SPAWNED, quiet("root")]), [
    "root/child has not come to rest: it could still act",
  ]);
});

/** root/child has started root/child/leaf, which has never said how it stands. */
const LEAF = record("root/child", {
  kind: "actor-spawned",
  peer: "root/child/leaf",
  worker: "root/child/leaf",
});
const NO_ORPHANS = record("root", { kind: "orphans", peer: "root/child", living: [] });
const LEAF_AWAKE = ["root/child/leaf has not come to rest: it could still act"];

Deno.test("prove() takes for dead what its supervisor has taken along, and nothing before that is known", () => {
  const family = [BEGUN, SPAWNED, LEAF, DEAD];
  assertEquals(reasonsFor([...family, quiet("root")]), LEAF_AWAKE);
  assertEquals(reasonsFor([...family, NO_ORPHANS, quiet("root")]), "proven");
  const living = record("root", {
    kind: "orphans",
    peer: "root/child",
    living: ["root/child/leaf"],
  });
  assertEquals(reasonsFor([...family, living, quiet("root")]), LEAF_AWAKE);
});

Deno.test("prove() does not bury an actor with an older one of its name", () => {
  const again = [BEGUN, SPAWNED, LEAF, DEAD, SPAWNED, LEAF];
  const child = quiet("root/child", { channels: [end("root", 0, 0)] });
  assertEquals(reasonsFor([...again, NO_ORPHANS, child, quiet("root")]), LEAF_AWAKE);
  // Of which of the two it is said cannot be known.
  assertEquals(reasonsFor([...again, DEAD, NO_ORPHANS, quiet("root")]), LEAF_AWAKE);
});

Deno.test("prove() counts no actor as dead for having a similar name", () => {
  const other = record("root", { kind: "actor-spawned", peer: "root/child-2", worker: "x" });
  assertEquals(reasonsFor([BEGUN, SPAWNED, other, DEAD, NO_ORPHANS, quiet("root")]), [
    "root/child-2 has not come to rest: it could still act",
  ]);
});
