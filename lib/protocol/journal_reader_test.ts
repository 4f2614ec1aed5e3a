import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalBody } from "./journal_event.ts";
import { JournalReader } from "./journal_reader.ts";
import { isJournalEvent } from "./journal_shape.ts";
import { JournalWriter } from "./journal_writer.ts";

/** A test on the path of a journal that does not exist yet. */
function testJournal(name: string, test: (path: string) => void): void {
  Deno.test(name, () => {
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-journal-" });
    try {
      test(`${dir}/journal.msgpack`);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  });
}

const REASON = { source: "deadline", detail: null, scope: "s", byActor: "root", atMs: 1 } as const;

const RECORDS: readonly JournalBody[] = [
  { kind: "boot", pid: 7 },
  { kind: "actor-spawned", peer: "root/a", worker: "root/a", module: "file:///a.ts" },
  { kind: "beat", n: 1, maxGapMs: 0.5 },
  { kind: "teardown-requested", why: "the body has ended" },
  { kind: "cancel", reason: REASON },
  { kind: "rung", peer: "root/a", rung: "soft-kill", step: "effect", effect: "ended" },
  { kind: "channel", peer: "root/a", from: "open", to: "closed", why: "goodbye" },
  {
    kind: "waits",
    waits: {
      quietSinceMs: 1,
      sources: [],
      tasks: [{
        id: 1,
        name: "main",
        parent: null,
        serves: { peer: "root/a", call: 1 },
        waits: [{
          kind: "rpc",
          resource: "answer",
          peer: "root/a",
          peerState: "alive",
          shielded: false,
          onTasks: [2],
          call: 3,
        }],
      }],
      tasksLeftOut: 0,
      channels: [{ peer: "root/a", state: "open", sent: 1, received: 2 }],
    },
  },
  { kind: "stirs" },
  { kind: "joined", outcome: "ok", error: null },
  { kind: "done" },
];

function write(path: string): void {
  const writer = new JournalWriter(path, "root");
  for (const record of RECORDS) writer.write(record);
}

testJournal("JournalReader.read returns what was written, as it grows", (path) => {
  const root = new JournalWriter(path, "root");
  const reader = new JournalReader(path);
  root.write({ kind: "boot", pid: 1 });
  assertEquals(reader.read().map(({ kind }) => kind), ["boot"]);
  assertEquals(reader.read(), []);
  // Another writer for the same actor: a sentinel, or a later actor with its path.
  new JournalWriter(path, "root").write({ kind: "stirs" });
  root.write({ kind: "done" });
  assertEquals(reader.read().map(({ kind, actor }) => `${kind} ${actor}`), [
    "stirs root",
    "done root",
  ]);
  reader.end();
  assertEquals([reader.damage, reader.offset], [null, Deno.statSync(path).size]);
});

testJournal(
  "JournalReader.read reads up to a record that is cut, and goes on when it is whole",
  (path) => {
    write(path);
    const whole = Deno.readFileSync(path);
    for (let cut = 0; cut <= whole.length; cut += 7) {
      Deno.writeFileSync(path, whole.subarray(0, cut));
      const [reader, ending] = [new JournalReader(path), new JournalReader(path)];
      const { length } = reader.read();
      assertEquals([ending.read().length, reader.damage], [length, null]);
      ending.end();
      assertEquals(ending.damage === null, ending.offset === cut, `${cut}`);
      Deno.writeFileSync(path, whole.subarray(cut), { append: true });
      assertEquals([length + reader.read().length, reader.damage], [RECORDS.length, null]);
    }
  },
);

const HARMS: Readonly<Record<string, readonly [(path: string) => void, RegExp]>> = {
  "was cut off": [(path) => Deno.truncateSync(path, 40), /^it was cut off at 40 bytes/],
  "was removed": [(path) => Deno.removeSync(path), /^it was removed/],
  "was replaced": [(path) => {
    Deno.renameSync(path, `${path}.old`);
    write(path);
  }, /^another file was put in its place/],
};

for (const [name, [harm, problem]] of Object.entries(HARMS)) {
  testJournal(`JournalReader.read tells that a journal ${name}`, (path) => {
    write(path);
    const reader = new JournalReader(path);
    assertEquals(reader.read().length, RECORDS.length);
    harm(path);
    assertEquals(reader.read(), []);
    assertMatch(reader.damage ?? "", problem);
  });
}

testJournal(
  "JournalReader.read tells that a record is missing, also when what follows is whole",
  (path) => {
    const writer = new JournalWriter(path, "root");
    writer.write({ kind: "boot", pid: 1 });
    const reader = new JournalReader(path);
    assertEquals(reader.read().length, 1);
    const { offset } = reader;
    writer.write({ kind: "stirs" });
    Deno.truncateSync(path, offset);
    writer.write({ kind: "done" });
    assertEquals(reader.read(), []);
    assertMatch(reader.damage ?? "", /^record 3 of root, where 2 should be/);
  },
);

testJournal(
  "JournalReader.read returns nothing of a damaged journal that was not written",
  (path) => {
    write(path);
    const whole = Deno.readFileSync(path);
    const written = new JournalReader(path).read();
    // A linear congruential generator: the same damage each time.
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor(state / 2 ** 32 * below);
    };
    for (let round = 0; round < 1_000; round++) {
      const bytes = [...whole];
      const at = random(bytes.length);
      const harm = random(4);
      if (harm === 0) bytes[at] = random(256);
      else if (harm === 1) bytes.splice(at, 1 + random(40));
      else if (harm === 2) bytes.splice(at, 0, ...bytes.slice(0, 1 + random(40)));
      else bytes.length = at;
      Deno.writeFileSync(path, new Uint8Array(bytes));
      const reader = new JournalReader(path);
      const read = reader.read();
      reader.end();
      assertEquals(read, written.slice(0, read.length), `round ${round}`);
      const lost = read.length < written.length;
      // Cut between two records there is nothing that shows it but the missing end.
      assert(!lost || reader.damage !== null || reader.offset === bytes.length, `round ${round}`);
    }
  },
);

Deno.test("isJournalEvent takes every record that is written, and none of another shape", () => {
  for (const record of RECORDS) {
    const event: Record<string, unknown> = { t: 1, actor: "root", ...record };
    assert(isJournalEvent(event), record.kind);
    for (const key of Object.keys(event)) {
      if (key === "module") continue;
      assertEquals(isJournalEvent({ ...event, [key]: { no: 1 } }), false, `${record.kind} ${key}`);
      const { [key]: _, ...rest } = event;
      assertEquals(isJournalEvent(rest), false, `${record.kind} without ${key}`);
    }
  }
  for (const none of [null, 7, "boot", [], {}, { t: 1, actor: "root", kind: "constructor" }]) {
    assertEquals(isJournalEvent(none), false);
  }
});
