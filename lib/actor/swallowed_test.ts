import { platform } from "../../tests/support/replaceable_platform.ts";
import { assert, assertEquals } from "@std/assert";
import type { JournalBody } from "../protocol/journal_event.ts";
import { CancelScope } from "./cancel_scope.ts";
import { Cancelled } from "./errors.ts";
import { setObserver } from "./identity.ts";
import { run } from "./run.ts";
import { sleep } from "./sleep.ts";
import { test } from "../../tests/support/runtime_testing.ts";

type Swallowed = Extract<JournalBody, { kind: "cancel-swallowed" }>;

/** Code that does not lie in the directory of the runtime, as that of a program. */
const PROGRAM = "data:text/javascript," + encodeURIComponent(
  `export async function tryAgain(sleep, times) {
  for (let n = 0; n < times; n++) {
    try { await sleep(1); } catch {}
  }
}`,
);

/**
 * What is written down while `body` runs in a scope that is cancelled from the beginning. Time passes only when `body`
 * says so: a machine that stands still for half a second would make every loop a slow one.
 */
async function writtenDown(
  body: (pass: (ms: number) => void) => Promise<unknown>,
): Promise<Swallowed[]> {
  const found: Swallowed[] = [];
  const { now } = platform;
  let nowMs = now();
  platform.now = () => nowMs;
  setObserver((record) => {
    if (record.kind === "cancel-swallowed") found.push(record);
  });
  try {
    await run(async () => {
      await new CancelScope({ name: "cancelled" }).run(async (scope) => {
        scope.cancel("enough");
        await body((ms) => void (nowMs += ms));
      });
    }, { handleSigint: false });
  } finally {
    setObserver(null);
    platform.now = now;
  }
  return found;
}

test("noteRefusal tells once of a task that catches its cancel a hundred times", async () => {
  const { tryAgain } = await import(PROGRAM);
  const [told, ...more] = await writtenDown(() => tryAgain(sleep, 300));
  assertEquals(more, []);
  assert(told !== undefined);
  assertEquals([told.times, told.reason.detail, told.at?.fn], [100, "enough", "tryAgain"]);
  assertEquals([told.at?.file.startsWith("data:"), told.at?.line], [true, 3]);
});

test("noteRefusal says nothing of a cleanup that waits a few times", async () => {
  const { tryAgain } = await import(PROGRAM);
  assertEquals(await writtenDown(() => tryAgain(sleep, 99)), []);
});

test("noteRefusal tells of a slow loop after a few times", async () => {
  const found = await writtenDown(async (pass) => {
    for (let n = 0; n < 20; n++) {
      await sleep(1).catch(() => {});
      pass(60);
    }
  });
  // The tenth comes 540 ms after the first, the ninth less than half a second.
  assertEquals(found.map(({ times }) => times), [10]);
});

test("noteRefusal says nothing of three in however long a time", async () => {
  const found = await writtenDown(async (pass) => {
    for (let n = 0; n < 3; n++) {
      await sleep(1).catch(() => {});
      pass(10_000);
    }
  });
  assertEquals(found, []);
});

test("noteRefusal counts nothing under a shield, and each cancel anew", async () => {
  const { tryAgain } = await import(PROGRAM);
  const found = await writtenDown(async () => {
    await new CancelScope({ shield: true }).run(() => tryAgain(() => sleep(0), 100));
    for (let n = 0; n < 5; n++) {
      await new CancelScope({ shield: true }).run(async (inner) => {
        inner.cancel(`inner ${n}`);
        await tryAgain(sleep, 60);
      });
    }
  });
  assertEquals(found, []);
});

test("noteRefusal does not keep a Cancelled from being thrown", async () => {
  await writtenDown(async () => {
    for (let n = 0; n < 150; n++) {
      const error = await sleep(1).then(() => null, (error) => error);
      assert(error instanceof Cancelled);
    }
  });
});
