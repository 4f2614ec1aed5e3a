import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import type { CancelReason } from "../protocol/terms.ts";
import {
  Cancelled,
  causeOf,
  combine,
  describeReason,
  KeyboardInterrupt,
  withoutCancelled,
} from "./errors.ts";
import { test } from "../../tests/support/runtime_testing.ts";

const REASON: CancelReason = {
  source: "deadline",
  detail: null,
  scope: "failAfter 2s",
  byActor: "root/a",
  atMs: 1,
};
const cancelled = new Cancelled(REASON);

test("Cancelled says who cancelled and why, and carries no stack of the canceller", () => {
  assertEquals(cancelled.message, 'cancelled by deadline of scope "failAfter 2s" in root/a');
  assertEquals(describeReason({ ...REASON, detail: "late" }), `${cancelled.message}: late`);
  assertEquals((cancelled.stack ?? "").split("\n").length, 1);
  assert((new Error().stack ?? "").split("\n").length > 1);
});

test("withoutCancelled answers null when there is nothing but Cancelled", () => {
  assertEquals(withoutCancelled(cancelled), null);
  assertEquals(withoutCancelled(new AggregateError([cancelled, cancelled])), null);
  assertEquals(withoutCancelled(new AggregateError([new AggregateError([cancelled])])), null);
});

test("withoutCancelled leaves alone what has no Cancelled in it", () => {
  const error = new Error();
  const group = new AggregateError([error]);
  const empty = new AggregateError([]);
  for (const it of [error, group, empty, undefined, "text"]) {
    assertStrictEquals(withoutCancelled(it)?.rest, it);
  }
});

test("withoutCancelled folds a group of which one error is left, and keeps what a group says otherwise", () => {
  const [a, b] = [new Error("a"), new Error("b")];
  assertStrictEquals(withoutCancelled(new AggregateError([cancelled, a]))?.rest, a);
  const nested = new AggregateError([new AggregateError([cancelled, a]), b], "two", {
    cause: "why",
  });
  const rest = withoutCancelled(nested)?.rest;
  assertInstanceOf(rest, AggregateError);
  assertEquals([rest.errors, rest.message, rest.cause], [[a, b], "two", "why"]);
  const plain = withoutCancelled(new AggregateError([cancelled, a, b]))?.rest;
  assertInstanceOf(plain, AggregateError);
  assertEquals(Object.hasOwn(plain, "cause"), false);
});

test("causeOf passes the cause of a Cancelled on, and makes one of any other error", () => {
  assertStrictEquals(causeOf(cancelled, "the body", "s"), REASON);
  assertStrictEquals(
    causeOf(new AggregateError([cancelled, new Error()]), "the body", "s"),
    REASON,
  );
  const { source, detail, scope, byActor } = causeOf(new RangeError("far"), 'task "t"', "s");
  assertEquals(
    [source, detail, scope, byActor],
    ["sibling-failure", 'task "t" failed: RangeError: far', "s", "root"],
  );
  assertEquals(causeOf("text", "the body", "s").detail, "the body failed: text");
  const interrupt = causeOf(new KeyboardInterrupt(), "the interrupt", "s");
  assertEquals([interrupt.source, interrupt.detail], ["keyboard-interrupt", null]);
});

test("combine keeps one error as it is, groups several, and counts Cancelled only when it is alone", () => {
  const [a, b] = [new Error("a"), new Error("b")];
  const failed = (...errors: Error[]) => errors.map((error, at) => ({ error, who: `task ${at}` }));
  assertStrictEquals(combine(failed(a), "n"), a);
  assertStrictEquals(combine(failed(cancelled, cancelled), "n"), cancelled);
  const group = combine(failed(a, cancelled, b), "n");
  assertInstanceOf(group, AggregateError);
  assertEquals(group.errors, [a, cancelled, b]);
  assertEquals(
    group.message,
    '3 failures in nursery "n": task 0: Error: a; task 2: Error: b; and 1 more',
  );
});
