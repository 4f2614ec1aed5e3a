import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { cancelShieldedCheckpoint, checkpoint } from "./checkpoint.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { openNursery } from "./nursery.ts";
import { run } from "./run.ts";
import { sleepForever } from "./sleep.ts";
import { test, testInRun } from "../../tests/support/runtime_testing.ts";

class Crash extends Error {}

test("run cancels and joins a nursery that main did not await, and says what is wrong", async () => {
  const record: string[] = [];
  await assertRejects(
    () =>
      run(() => {
        openNursery((nursery) => {
          nursery.spawn(async () => {
            try {
              await sleepForever();
            } finally {
              record.push("unwound");
            }
          });
        }, { name: "forgotten" });
      }, { handleSigint: false }),
    UsageError,
    'nursery "forgotten" is open',
  );
  assertEquals(record, ["unwound"]);
});

testInRun(
  "Nursery.spawn joins the nursery that a task did not await before the task ends",
  async () => {
    const record: string[] = [];
    await assertRejects(
      () =>
        openNursery((nursery) => {
          nursery.spawn(() => {
            openNursery((inner) => {
              inner.spawn(async () => {
                try {
                  await sleepForever();
                } finally {
                  await assertRejects(() => checkpoint(), Cancelled);
                  record.push("unwound");
                }
              });
            });
          }, "careless");
        }),
      UsageError,
      'task "careless" has returned',
    );
    assertEquals(record, ["unwound"]);
  },
);

testInRun(
  "Nursery.spawn keeps the error with which Promise.all gave up on another nursery",
  async () => {
    const error = new Crash("first");
    const record: string[] = [];
    const caught = await assertRejects(() =>
      openNursery((nursery) => {
        nursery.spawn(() =>
          Promise.all([
            openNursery(() => {
              throw error;
            }),
            openNursery(async () => {
              try {
                await sleepForever();
              } finally {
                record.push("unwound");
              }
            }),
          ])
        );
      })
    );
    assertStrictEquals(caught, error);
    assertEquals(record, ["unwound"]);
  },
);

testInRun(
  "Nursery.spawn reports what an unawaited nursery fails with while it is joined",
  async () => {
    const group = await assertRejects(() =>
      openNursery((nursery) => {
        nursery.spawn(() => {
          openNursery(async () => {
            try {
              await sleepForever();
            } finally {
              await Promise.reject(new Crash("while unwinding"));
            }
          });
        });
      }), AggregateError);
    assertInstanceOf(group.errors[0], UsageError);
    assertInstanceOf(group.errors[1], Crash);
  },
);

testInRun("Nursery.spawn joins nurseries that are opened while others are joined", async () => {
  let last = false;
  await assertRejects(() =>
    openNursery((nursery) => {
      nursery.spawn(() => {
        openNursery(async () => {
          try {
            await sleepForever();
          } finally {
            openNursery(async () => {
              for (let turn = 0; turn < 5; turn++) await cancelShieldedCheckpoint();
              last = true;
            });
          }
        });
      });
    }), UsageError);
  assert(last);
});
