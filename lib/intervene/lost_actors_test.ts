import { assertEquals } from "@std/assert";
import type { JournalBody, JournalEvent } from "../protocol/journal_event.ts";
import { lostActors } from "./lost_actors.ts";

function journal(...bodies: JournalBody[]): JournalEvent[] {
  return bodies.map((body, t) => ({ t, actor: "root", ...body }));
}

function rung(peer: string, rung: "hard-kill" | "abandon"): JournalBody {
  return { kind: "rung", peer, rung, step: "asked", effect: null };
}

Deno.test("lostActors names who was abandoned, whoever did it, and nobody else", () => {
  const events = journal(
    rung("root/a", "hard-kill"),
    rung("root/b", "abandon"),
    rung("root/b/c", "abandon"),
  );
  assertEquals(lostActors(events), ["root/b", "root/b/c"]);
});

Deno.test("lostActors leaves out who was seen dead since", () => {
  const events = journal(
    rung("root/a", "abandon"),
    rung("root/b", "abandon"),
    { kind: "actor-dead", peer: "root/a" },
  );
  assertEquals(lostActors(events), ["root/b"]);
});
