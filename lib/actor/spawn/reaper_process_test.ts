import { assertEquals, assertStringIncludes } from "@std/assert";
import inspector from "node:inspector";
import { openNursery } from "../nursery.ts";
import { hold } from "../park.ts";
import { run } from "../run.ts";
import { Reaper } from "./reaper.ts";
import { newLifeLock } from "./life.ts";
import {
  BareWorker,
  endStuckWorkers,
  livingActors,
  nextTurn,
  test,
  workersGone,
} from "../../../tests/support/spawn_testing.ts";

/** The life lock of a worker that is stuck. */
async function stuckWorker(name: string): Promise<string> {
  const lifeLock = newLifeLock(newLifeLock(null, "root"), name);
  const worker = new BareWorker(lifeLock, "block");
  worker.go();
  await worker.held;
  return lifeLock;
}

async function inRun(body: () => Promise<void>): Promise<void> {
  await run(body, { handleSigint: false });
}

async function closed(): Promise<void> {
  while (inspector.url() !== undefined) await nextTurn();
}

test("reap() ends the worker that is meant and no other", async () => {
  const one = await stuckWorker("same-name");
  const two = await stuckWorker("same-name");
  await inRun(async () => {
    const reaper = new Reaper();
    assertEquals(await reaper.reap(one), { kind: "asked" });
    while ((await hold(livingActors(), "living")).includes(one)) {
      await hold(nextTurn(), "turn");
    }
    assertEquals(await hold(livingActors(), "living"), [two]);
    reaper.release();
  });
});

test("reap() of many at once shares one inspector, which is closed after the last", async () => {
  const workers = await Promise.all(["a", "b", "c"].map(stuckWorker));
  assertEquals(inspector.url(), undefined);
  await inRun(async () => {
    const urls = new Set<string | undefined>();
    await openNursery((nursery) => {
      for (const lifeLock of workers) {
        nursery.spawn(async () => {
          const reaper = new Reaper();
          await reaper.arm();
          urls.add(inspector.url());
          assertEquals(await reaper.reap(lifeLock), { kind: "asked" });
          while ((await hold(livingActors(), "living")).includes(lifeLock)) {
            await hold(nextTurn(), "turn");
          }
          reaper.release();
        });
      }
    });
    assertEquals(urls.size, 1);
    assertEquals(urls.has(undefined), false);
  });
  await closed();
  await workersGone();
});

test("reap() works again after the inspector was closed, also at once", async () => {
  for (const name of ["first", "second", "third"]) {
    const lifeLock = await stuckWorker(name);
    await inRun(async () => {
      const reaper = new Reaper();
      assertEquals(await reaper.reap(lifeLock), { kind: "asked" });
      // The connection closes behind us while the next one begins.
      reaper.release();
    });
  }
  await workersGone();
  await closed();
});

test("reap() of a worker that is not there fails and says why", async () => {
  await inRun(async () => {
    const reaper = new Reaper();
    const outcome = await reaper.reap(newLifeLock(newLifeLock(null, "root"), "nobody"));
    assertEquals(outcome.kind, "failed");
    if (outcome.kind === "failed") {
      assertStringIncludes(outcome.why, "its inspector session does not answer");
    }
    reaper.release();
  });
  await closed();
});

test("reap() of a worker in a native call fails and says why", async () => {
  const lifeLock = newLifeLock(newLifeLock(null, "root"), "native");
  const fifo = await Deno.makeTempFile();
  await Deno.remove(fifo);
  await new Deno.Command("mkfifo", { args: [fifo] }).output();
  const native = new BareWorker(lifeLock, { readFifo: fifo });
  native.go();
  await native.held;
  await inRun(async () => {
    const reaper = new Reaper();
    const outcome = await reaper.reap(lifeLock);
    assertEquals(outcome.kind, "failed");
    reaper.release();
  });
  // A writer frees the reader.
  await Deno.writeTextFile(fifo, "go on");
  await workersGone();
  await Deno.remove(fifo);
});

test("release() without arm() and a second release() do nothing", async () => {
  const reaper = new Reaper();
  reaper.release();
  await inRun(async () => {
    await reaper.arm();
    reaper.release();
    reaper.release();
  });
  await closed();
});

test("endStuckWorkers() ends what tests leave stuck", async () => {
  await stuckWorker("left");
  await endStuckWorkers();
  await workersGone();
});

test("reap() without permission says which one it takes, and does not prompt", async () => {
  const program = `
    import { run } from ${JSON.stringify(import.meta.resolve("../run.ts"))};
    import { Reaper } from ${JSON.stringify(import.meta.resolve("./reaper.ts"))};
    await run(async () => console.log((await new Reaper().reap("x")).why), { handleSigint: false });
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--no-check",
      `data:application/typescript,${encodeURIComponent(program)}`,
    ],
    stdin: "null",
    env: { NO_COLOR: "1" },
  });
  const { stdout } = await command.output();
  assertStringIncludes(new TextDecoder().decode(stdout), "it takes --allow-sys");
});
