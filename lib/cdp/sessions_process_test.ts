import { assert, assertEquals } from "@std/assert";
import type { Inspector } from "./inspector.ts";
import { type Reply, type Session, SessionFinder } from "./sessions.ts";
import { connected, testInspector, testSubject } from "../../tests/support/subject.ts";

testInspector(
  "SessionFinder finds workers by their numbers while main is blocked",
  "blocked idle wait plain",
  async (inspector) => {
    const found = collect(inspector, ["worker-1", "worker-2", "worker-3"]);
    found.finder.askWorkersUpTo(6);
    found.finder.askMain();
    await found.have("main", "worker-1", "worker-2", "worker-3");
    assertEquals(actorOf(found.replies, "worker-2"), "root/wait-2");
    assertEquals(actorOf(found.replies, "worker-3"), null);
  },
);

testInspector(
  "SessionFinder finds workers that main announces, without asking any number",
  "idle idle wait",
  async (inspector) => {
    const found = collect(inspector, ["worker-1", "worker-2"]);
    found.finder.askMain();
    await found.have("main", "worker-1", "worker-2");
    assertEquals(found.finder.debugged.size, 0, "workers that ran before are left alone");
  },
);

testInspector(
  "SessionFinder welcomes a worker that starts while it is connected, so that it starts at all",
  "spawning idle",
  async (inspector, subject) => {
    const found = collect(inspector, ["worker-1"]);
    // The number that the new worker will get is asked before there is anybody to answer.
    found.finder.askWorkersUpTo(9);
    found.finder.askMain();
    await found.have("main", "worker-1");
    await subject.say("one more");
    await subject.until("STARTED 2");
    await found.have("worker-2");
    assertEquals(found.finder.debugged.size, 1);
  },
);

testSubject(
  "SessionFinder names workers again on the next connection, after it has taken its leave",
  "idle idle",
  async (subject) => {
    for (let round = 0; round < 3; round++) {
      await using inspector = await connected(subject);
      const found = collect(inspector, ["worker-1"]);
      // Main announces a worker to the first connection only.
      found.finder.askWorkersUpTo(1);
      await found.have("worker-1");
      for (const session of found.sessions.values()) found.finder.leave(session);
    }
  },
);

testSubject(
  "SessionFinder names a worker whose last client left without switching anything off",
  "idle idle",
  async (subject) => {
    const rude = await connected(subject);
    await rude.send("Runtime.enable", {}, { sessionId: "1" });
    await rude.close();
    await using inspector = await connected(subject);
    const found = collect(inspector, ["worker-1"]);
    found.finder.askWorkersUpTo(1);
    await found.have("worker-1");
  },
);

testInspector(
  "SessionFinder keeps workers from being held for 500 ms when they start",
  "spawning",
  async (inspector, subject) => {
    const found = collect(inspector, []);
    found.finder.askMain();
    await found.have("main");
    // Undisturbed starts take 20 to 100 ms. Were they held, all would take more than 500.
    for (let n = 1, ms = Infinity; ms > 450; n++) {
      await subject.say("one more");
      await subject.until(`STARTED ${n} in `);
      await subject.until(" ms", subject.stdout().indexOf(`STARTED ${n} in `));
      ms = Number(new RegExp(`STARTED ${n} in ([\\d.]+)`).exec(subject.stdout())?.[1]);
      assert(n < 20, "every one of twenty was held");
    }
  },
);

testInspector(
  "SessionFinder reports each isolate once, however it was found",
  "idle idle",
  async (inspector) => {
    const found = collect(inspector, ["worker-1"]);
    found.finder.askWorkersUpTo(8);
    found.finder.askMain();
    await found.have("main", "worker-1");
    // Commands of one session are answered in order: whatever was asked twice has been answered twice by now.
    await inspector.send("Runtime.evaluate", { expression: "1" }, { sessionId: "1" });
    assertEquals(found.order, [...new Set(found.order)]);
  },
);

interface Collected {
  readonly finder: SessionFinder;
  readonly replies: ReadonlyMap<string, Reply>;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly order: readonly string[];
  have(...isolates: string[]): Promise<void>;
}

function collect(inspector: Inspector, known: readonly string[]): Collected {
  const replies = new Map<string, Reply>();
  const sessions = new Map<string, Session>();
  const order: string[] = [];
  let news = Promise.withResolvers<void>();
  const finder = new SessionFinder(inspector, new Set(known), (session, reply) => {
    replies.set(session.isolate, reply);
    sessions.set(session.isolate, session);
    order.push(session.isolate);
    news.resolve();
    news = Promise.withResolvers();
  });
  const have = async (...isolates: string[]): Promise<void> => {
    while (!isolates.every((isolate) => replies.has(isolate))) await news.promise;
  };
  return { finder, replies, sessions, order, have };
}

function actorOf(replies: ReadonlyMap<string, Reply>, isolate: string): string | null {
  const reply = replies.get(isolate);
  assert(reply?.kind === "answered");
  return reply.actor;
}
