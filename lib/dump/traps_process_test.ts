/**
 * Traps of the platform that no other test of this folder walks into: what a client of the inspector can do to a
 * program without wanting to. The table of all of them is docs/platform-traps.md.
 */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { hasTmux, Pane } from "../../tests/support/tmux.ts";
import type { Dump } from "../model/dump.ts";
import { controlSubject } from "../intervene/control.ts";
import { connectInspector, type Inspector } from "../cdp/inspector.ts";
import { takeDump } from "./take_dump.ts";
import { type TestSubject, testSubject } from "../../tests/support/subject.ts";

Deno.test(
  "takeDump and controlSubject have a program without permissions ask nothing of its terminal",
  { ignore: !hasTmux, timeout: 60_000 },
  async () => {
    const program = new URL("../../fixtures/programs/no_permissions.ts", import.meta.url);
    const flags = ["--inspect=127.0.0.1:0", "--inspect-publish-uid=stderr", "--no-config"];
    await using pane = await Pane.open({
      columns: 200,
      command: [Deno.execPath(), "run", ...flags, program.href],
    });
    const shown = await pane.until(/READY \d+/);
    const pid = Number(/READY (\d+)/.exec(shown)?.[1]);
    const [wsUrl = ""] = /ws:\/\/\S+/.exec(shown) ?? [];
    const dump = await takeDump({ pid, wsUrl, sampleGapMs: 20 });
    assertEquals(dump.missing, []);
    assertEquals(
      dump.isolates.map(({ state }) => state),
      ["parked", "busy", "parked"],
    );
    const { silent } = await controlSubject({ pid, wsUrl }, { kind: "look" });
    assertEquals(silent, []);
    // A prompt would take the line for its answer.
    await pane.press("Enter");
    assertEquals(/prompt|permission|allow/i.test(await pane.until("ALIVE")), false);
  },
);

testSubject(
  "takeDump takes back a pause that a client had left armed, so that nothing freezes later",
  "spawning idle",
  async (subject) => {
    await leave(subject, async (client) => {
      await client.send("Debugger.enable", {}, { sessionId: "1" });
      // It rests, so the pause waits for whatever it does next.
      await client.send("Debugger.pause", {}, { sessionId: "1" });
    });
    assertEquals((await dumpOf(subject)).missing, []);
    await subject.say("poke");
    await subject.until("poked root/idle-1");
  },
);

testSubject(
  "takeDump switches off the debuggers that it needed for isolates that cannot tell their stack",
  "blocked wait",
  async (subject) => {
    const both = [{}, { sessionId: "1" }];
    await leave(subject, async (client) => {
      const expression = "void Object.freeze(Error)";
      for (const to of both) await client.send("Runtime.evaluate", { expression }, to);
    });
    const dump = await dumpOf(subject);
    assertEquals(dump.isolates.map(({ state }) => state), ["busy", "busy"]);
    await leave(subject, async (client) => {
      // Scripts are announced when a debugger is switched on, and not when it was on already.
      let announced = 0;
      client.onScriptParsed(() => announced++);
      await client.send("Debugger.enable", {}, { sessionId: "1" });
      assertGreater(announced, 0);
    });
  },
);

testSubject(
  "takeDump collects no garbage: what nobody holds on to is still there afterwards",
  "idle wait idle",
  async (subject) => {
    const everywhere = [{}, { sessionId: "1" }, { sessionId: "2" }];
    await leave(subject, async (client) => {
      // Stands for a task that awaits what nobody can settle: it is garbage, and must be in the dump.
      const expression = "void (globalThis.canary = new WeakRef({}))";
      for (const to of everywhere) await client.send("Runtime.evaluate", { expression }, to);
    });
    assertEquals((await dumpOf(subject)).missing, []);
    await leave(subject, async (client) => {
      const expression = "globalThis.canary.deref() !== undefined";
      for (const to of everywhere) {
        const outcome = await client.send(
          "Runtime.evaluate",
          { expression, returnByValue: true },
          to,
        );
        assert(outcome.kind === "ok");
        assertEquals(outcome.result.result.value, true, JSON.stringify(to));
      }
    });
  },
);

testSubject(
  "takeDump names an isolate in one long built-in function, and does not take it for asleep",
  "idle builtin idle",
  async (subject) => {
    await subject.untilThread("worker-1", ({ state }) => state === "R");
    const dump = await dumpOf(subject);
    const [, builtin] = dump.isolates;
    assertEquals(dump.isolates.map(({ state }) => state), ["parked", "native-blocked", "parked"]);
    assertGreater(builtin?.thread?.cpuTicks ?? 0, 0);
    assertEquals(dump.missing.map(({ isolate }) => isolate), ["worker-1"]);
    assertMatch(dump.missing[0]?.why ?? "", /CPU ticks/);
  },
);

testSubject(
  "takeDump lets main go on when it had been paused by a client that left",
  "spawning tick",
  async (subject) => {
    await leave(subject, async (client) => {
      const paused = new Promise<void>((resolve) => client.on("Debugger.paused", () => resolve()));
      await client.send("Debugger.enable", {});
      await client.send("Debugger.pause", {});
      await subject.say("poke");
      await paused;
    });
    assertEquals((await dumpOf(subject)).missing, []);
    await subject.say("one more");
    await subject.until("STARTED 2");
  },
);

/** Has a client do something, and leave without tidying up. */
async function leave(
  { wsUrl }: TestSubject,
  act: (client: Inspector) => Promise<void>,
): Promise<void> {
  const connection = await connectInspector(wsUrl);
  assert(connection.kind === "ok");
  await using client = connection.inspector;
  await act(client);
}

function dumpOf({ pid, wsUrl }: TestSubject): Promise<Dump> {
  return takeDump({ pid, wsUrl, sampleGapMs: 20 });
}
