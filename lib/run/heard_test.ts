import { assertEquals } from "@std/assert";
import type { JournalEvent } from "../protocol/journal_event.ts";
import { heardOf } from "./heard.ts";

const AT = { actor: "root", t: 120 };

function cancel(t: number): JournalEvent {
  const reason = {
    source: "explicit",
    scope: "s",
    detail: null,
    byActor: "root",
    atMs: 0,
  } as const;
  return { t, actor: "root/a", kind: "cancel", reason };
}

function dead(t: number): JournalEvent {
  return { ...AT, t, kind: "actor-dead", peer: "root/b" };
}

function heard(...events: JournalEvent[]): [string, number][] {
  return heardOf(events, (t) => t >= 100, (t) => t - 100).map(({ actor, atMs }) => [actor, atMs]);
}

Deno.test("heardOf names who wrote of itself or died after the moment, with the first time", () => {
  assertEquals(heard(cancel(90), cancel(140), cancel(150)), [["root/a", 40]]);
  assertEquals(heard(dead(160)), [["root/b", 60]]);
  assertEquals(heard({ ...AT, kind: "handshake", peer: "root/b" }), []);
});

Deno.test("heardOf does not take a death by force for a sign of life", () => {
  const rung = { kind: "rung", peer: "root/b", rung: "reap", step: "asked", effect: null } as const;
  assertEquals(heard({ ...AT, ...rung }, dead(160)), []);
  const remedy = { kind: "remedy", remedy: "reap", peer: "root/b", did: "ended it" } as const;
  assertEquals(heard({ ...AT, ...remedy }, dead(160)), []);
});
