import { assert, assertEquals, assertLess } from "@std/assert";
import { test } from "../../../tests/support/runtime_testing.ts";
import { Outbox } from "./outbox.ts";

/** An outbox, and the messages it has posted, as texts. */
function outbox(): { readonly box: Outbox; readonly posted: string[] } {
  const posted: string[] = [];
  const box = new Outbox((message) => posted.push(new TextDecoder().decode(message)));
  return { box, posted };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
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
  for (const text of ["a", "b", "c"]) box.add(bytes(text), false);
  assertEquals(posted, []);
  await microtask();
  assertEquals(posted, ["abc"]);
  box.add(bytes("d"), false);
  await microtask();
  assertEquals(posted, ["abc", "d"]);
});

test("add copies: the bytes may be used again at once", async () => {
  const { box, posted } = outbox();
  const shared = bytes("first");
  box.add(shared, false);
  shared.set(bytes("other"));
  box.add(shared, false);
  await microtask();
  assertEquals(posted, ["firstother"]);
});

test("flush posts at once, and nothing twice", async () => {
  const { box, posted } = outbox();
  box.add(bytes("a"), false);
  box.flush();
  box.flush();
  assertEquals(posted, ["a"]);
  await microtasks(3);
  assertEquals(posted, ["a"]);
});

test("clear drops what has gathered, and nothing that comes later", async () => {
  const { box, posted } = outbox();
  box.add(bytes("dropped"), false);
  box.clear();
  await microtask();
  assertEquals(posted, []);
  box.add(bytes("kept"), false);
  await microtask();
  assertEquals(posted, ["kept"]);
});

test("add posts a frame that travels alone at once, after those before it", () => {
  const { box, posted } = outbox();
  box.add(bytes("a"), false);
  box.add(bytes("b".repeat(70_000)), false);
  assertEquals(posted.map(({ length }) => length), [1, 70_000]);
});

test("add bounds a message, and lets a large frame travel alone, in order", async () => {
  const { box, posted } = outbox();
  const sizes = [40_000, 40_000, 20_000, 70_000, 65_536, 1];
  for (const [i, size] of sizes.entries()) box.add(bytes(`${i}`.repeat(size)), false);
  await microtask();
  assertEquals(posted.map((message) => `${message[0]}:${message.length}`), [
    "0:40000",
    "1:60000",
    "3:70000",
    "4:65536",
    "5:1",
  ]);
  assert(posted[1]?.endsWith("2"));
});

test("a patient frame that comes alone leaves as soon as any other", async () => {
  const { box, posted } = outbox();
  for (let i = 0; i < 3; i++) {
    box.add(bytes(`${i}`), true);
    await microtask();
    assertEquals(posted.length, i + 1);
  }
});

test("the first patient frames of a flood leave at once, the rest gathers, and none stays", async () => {
  const { box, posted } = outbox();
  for (let i = 0; i < 10_000; i++) {
    box.add(bytes("x"), true);
    await microtask();
    if (i < 256) assertEquals(posted.length, i + 1);
  }
  await microtasks(5);
  assertEquals(posted.join("").length, 10_000);
  assertLess(posted.length, 5_000);
  assert(posted.every((message) => message.length <= 65));
});

test("a frame that cannot wait takes those before it along", async () => {
  for (let flood = 3_000; flood < 3_010; flood++) {
    const { box, posted } = outbox();
    for (let i = 0; i < flood; i++) {
      box.add(bytes("x"), true);
      await microtask();
    }
    assertLess(posted.length, flood);
    box.add(bytes("!"), false);
    await microtask();
    assertEquals(posted.join(""), `${"x".repeat(flood)}!`);
  }
});

test("a flood lets other microtasks run, and ends when the loop turns", async () => {
  const { box, posted } = outbox();
  let others = 0;
  for (let i = 0; i < 3_000; i++) {
    box.add(bytes("x"), true);
    queueMicrotask(() => others++);
    await microtask();
  }
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals([posted.join("").length, others], [3_000, 3_000]);
});
