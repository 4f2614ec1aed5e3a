import { assertEquals } from "@std/assert";
import { Event } from "./event.ts";
import { setObserver } from "./identity.ts";
import { openNursery } from "./nursery.ts";
import { watchQuiet } from "./waits.ts";
import { run } from "./run.ts";
import type { JournalBody } from "../protocol/journal_event.ts";

Deno.test("watchQuiet() writes waits when nothing moves, and stirs before the next line runs", {
  timeout: 10_000,
}, async () => {
  const written: string[] = [];
  const event = new Event("go on");
  const quiet = Promise.withResolvers<JournalBody>();
  setObserver((body) => {
    if (body.kind !== "waits" && body.kind !== "stirs") return;
    written.push(body.kind);
    if (body.kind === "waits") quiet.resolve(body);
  });
  const stop = watchQuiet();
  try {
    const running = run(() =>
      openNursery((nursery) => {
        nursery.spawn(async () => {
          await event.wait();
          written.push("the program goes on");
        }, "waiter");
      }), { handleSigint: false });
    const body = await quiet.promise;
    assertEquals(body.kind === "waits" && body.waits.sources, []);
    event.set();
    await running;
    assertEquals(written, ["waits", "stirs", "the program goes on"]);
  } finally {
    stop();
    setObserver(null);
  }
});

Deno.test("watchQuiet() does not call an isolate quiet whose tasks take turns", {
  timeout: 10_000,
}, async () => {
  const written: string[] = [];
  setObserver((body) => void written.push(body.kind));
  const stop = watchQuiet();
  try {
    const { checkpoint } = await import("./checkpoint.ts");
    const until = performance.now() + 150;
    await run(async () => {
      while (performance.now() < until) await checkpoint();
    }, { handleSigint: false });
    assertEquals(written.includes("waits"), false);
  } finally {
    stop();
    setObserver(null);
  }
});
