import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { all, race, select } from "./combinators.ts";
import { CancelScope } from "./cancel_scope.ts";
import { checkpoint } from "./checkpoint.ts";
import { Cancelled, UsageError } from "./errors.ts";
import { openMemoryChannel } from "./memory_channel.ts";
import { sleepForever } from "./sleep.ts";
import { currentTask } from "./context.ts";
import { testInRun } from "../../tests/support/runtime_testing.ts";

/** Waits until it is cancelled, and notes it. */
function loser(record: string[]): () => Promise<never> {
  return () => sleepForever().finally(() => record.push("ended"));
}

testInRun("race returns what the first returns, and has ended the others by then", async () => {
  const record: string[] = [];
  assertEquals(
    await race<unknown>([loser(record), () => checkpoint().then(() => 7), loser(record)]),
    7,
  );
  assertEquals(record, ["ended", "ended"]);
  assertEquals(currentTask().children, []);
});

testInRun("race throws what the first throws, and has ended the others by then", async () => {
  const record: string[] = [];
  await assertRejects(
    () =>
      race<unknown>([
        loser(record),
        () => checkpoint().then(() => Promise.reject(new RangeError("x"))),
      ]),
    RangeError,
  );
  assertEquals(record, ["ended"]);
  await assertRejects(() => race([]), UsageError, "at least one");
});

testInRun("race is cancelled from outside, with all that it began", async () => {
  const record: string[] = [];
  const scope = new CancelScope();
  const outcome = await scope.run(async () => {
    setTimeout(() => scope.cancel("enough"));
    await race([loser(record), loser(record)]);
  });
  assertEquals([outcome.kind, record], ["cancelled", ["ended", "ended"]]);
});

testInRun("race in a loop leaves no wait behind, and loses no message", async () => {
  const [tx, rx] = openMemoryChannel<number>(1);
  const got: unknown[] = [];
  for (let sent = 0; sent < 500; sent++) {
    await race<unknown>([() => rx.receive(), () => checkpoint()]);
    assertEquals(rx.statistics().waitingReceivers, 0);
  }
  tx.sendNowait(1);
  got.push(await race<unknown>([() => rx.receive(), () => sleepForever()]));
  assertEquals(got, [1]);
});

testInRun("select says which was first", async () => {
  const first = await select({
    slow: () => sleepForever(),
    quick: () => checkpoint().then(() => "done"),
  });
  assertEquals(first, { key: "quick", value: "done" });
});

testInRun("all returns everything in order, and ends the rest when one fails", async () => {
  assertEquals(await all([() => 1, () => checkpoint().then(() => 2)]), [1, 2]);
  assertEquals(await all([]), []);
  const record: string[] = [];
  const failing = () => Promise.reject(new RangeError("x"));
  await assertRejects(() => all([loser(record), failing]), RangeError);
  assertEquals(record, ["ended"]);
  const scope = new CancelScope();
  scope.cancel();
  const ended = await scope.run(() => all([() => checkpoint()]).catch((error) => error));
  if (ended.kind === "done") assertInstanceOf(ended.value, Cancelled);
});
