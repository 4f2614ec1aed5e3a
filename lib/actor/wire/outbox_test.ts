import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { test } from "../../../tests/support/runtime_testing.ts";
import { MAX_FRAMES } from "./check_frame.ts";
import { transfer } from "./clone.ts";
import type { Frame } from "./frame.ts";
import { Outbox } from "./outbox.ts";

/** An outbox, and the values of the frames in each message that it has posted, as they are then. */
function outbox(): {
  readonly box: Outbox;
  readonly posted: unknown[][];
  readonly handed: Transferable[];
} {
  const posted: unknown[][] = [];
  const handed: Transferable[] = [];
  const box = new Outbox((message, list) => {
    const arrived = structuredClone(message);
    const frames: readonly Frame[] = Array.isArray(arrived) ? arrived : [arrived];
    posted.push(frames.map((each) => "value" in each ? each.value : each.kind));
    handed.push(...list);
  });
  return { box, posted, handed };
}

function answer(value: unknown): Frame {
  return { kind: "return", call: 1, value };
}

function patient(value: unknown): Frame {
  return { kind: "yield", call: 1, side: "mine", value, bytes: 8 };
}

/** Lets the microtasks run that are queued by now. */
async function microtask(): Promise<void> {
  await undefined;
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await microtask();
}

test("add gathers what comes in one go into one message, in order", async () => {
  const { box, posted } = outbox();
  for (const value of ["a", { b: 1 }, "c"]) box.add(answer(value), false);
  assertEquals(posted, []);
  await microtask();
  assertEquals(posted, [["a", { b: 1 }, "c"]]);
  box.add({ kind: "bye" }, false);
  await microtask();
  assertEquals(posted.at(-1), ["bye"]);
});

test("add takes a value as it is: what happens to it later does not cross", async () => {
  const { box, posted } = outbox();
  const value = { at: 1, bytes: new Uint8Array([1]) };
  box.add(answer(value), false);
  value.at = 2;
  value.bytes[0] = 2;
  box.add(answer(value), false);
  value.at = 3;
  await microtask();
  assertEquals(posted, [[
    { at: 1, bytes: new Uint8Array([1]) },
    { at: 2, bytes: new Uint8Array([2]) },
  ]]);
});

test("add posts a frame that is alone at once, after those before it", () => {
  const { box, posted } = outbox();
  box.add(answer("before"), false);
  box.add(answer({ alone: true }), true);
  assertEquals(posted, [["before"], [{ alone: true }]]);
});

test("add of what cannot cross throws and leaves what has gathered", async () => {
  const { box, posted } = outbox();
  box.add(answer("before"), false);
  for (const isAlone of [false, true]) {
    assertThrows(() => box.add(answer([() => 1]), isAlone), TypeError, "value[0]");
    assertThrows(
      () =>
        box.add(
          { kind: "start", call: 1, fn: "f", args: [{ s: Symbol("x") }], window: null },
          isAlone,
        ),
      TypeError,
      "args[0].s",
    );
  }
  box.add(answer("after"), false);
  await microtask();
  assertEquals(posted.flat(), ["before", "after"]);
});

test("add hands over what is marked, in a message of its own", async () => {
  const { box, posted, handed } = outbox();
  const buffer = new ArrayBuffer(8);
  box.add(answer("before"), false);
  box.add(answer(transfer({ buffer }, [buffer])), false);
  assertEquals(posted.length, 2);
  assertEquals(handed, [buffer]);
  await microtask();
  assertEquals(posted.length, 2);
});

test("flush posts at once, and nothing twice", async () => {
  const { box, posted } = outbox();
  box.add(answer("a"), false);
  box.flush();
  box.flush();
  assertEquals(posted, [["a"]]);
  await microtasks(3);
  assertEquals(posted, [["a"]]);
});

test("clear drops what has gathered, and nothing that comes later", async () => {
  const { box, posted } = outbox();
  box.add(answer("dropped"), false);
  box.clear();
  await microtask();
  assertEquals(posted, []);
  box.add(answer("kept"), false);
  await microtask();
  assertEquals(posted, [["kept"]]);
});

test("add bounds a message, and lets a large frame travel alone, in order", async () => {
  const { box, posted } = outbox();
  const sizes = [40_000, 40_000, 20_000, 70_000, 60_000, 1];
  for (const [i, size] of sizes.entries()) box.add(answer(`${i}`.repeat(size)), false);
  await microtask();
  assertEquals(posted.map((message) => message.map((value) => `${value}`.slice(0, 1))), [
    ["0"],
    ["1", "2"],
    ["3"],
    ["4", "5"],
  ]);
  for (let i = 0; i < MAX_FRAMES + 5; i++) box.add({ kind: "bye" }, false);
  await microtask();
  assertEquals(posted.slice(4).map(({ length }) => length), [MAX_FRAMES, 5]);
});

test("a patient frame that comes alone leaves as soon as any other", async () => {
  const { box, posted } = outbox();
  for (let i = 0; i < 3; i++) {
    box.add(patient(i), false);
    await microtask();
    assertEquals(posted.length, i + 1);
  }
});

test("the first patient frames of a flood leave at once, the rest gathers, and none stays", async () => {
  const { box, posted } = outbox();
  for (let i = 0; i < 10_000; i++) {
    box.add(patient(i), false);
    await microtask();
    if (i < 256) assertEquals(posted.length, i + 1);
  }
  await microtasks(5);
  assertEquals(posted.flat(), Array.from({ length: 10_000 }, (_, i) => i));
  assertLess(posted.length, 5_000);
  assert(posted.every((message) => message.length <= 65));
});

test("a frame that cannot wait takes those before it along", async () => {
  for (let flood = 3_000; flood < 3_010; flood++) {
    const { box, posted } = outbox();
    for (let i = 0; i < flood; i++) {
      box.add(patient("x"), false);
      await microtask();
    }
    assertLess(posted.length, flood);
    box.add(answer("!"), false);
    await microtask();
    assertEquals(posted.flat().join(""), `${"x".repeat(flood)}!`);
  }
});

test("a flood lets other microtasks run, and ends when the loop turns", async () => {
  const { box, posted } = outbox();
  let others = 0;
  for (let i = 0; i < 3_000; i++) {
    box.add(patient("x"), false);
    queueMicrotask(() => others++);
    await microtask();
  }
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals([posted.flat().length, others], [3_000, 3_000]);
});
