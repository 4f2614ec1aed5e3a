import { assertEquals } from "@std/assert";
import { connectInspector, type Inspector } from "../cdp/inspector.ts";
import { mainIsHeld } from "./paused_main.ts";
import { startSubject, testSubject } from "../../tests/support/subject.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, timeout: 60_000, fn });

testSubject(
  "mainIsHeld says paused of a main that another client holds, and runs once that lets go",
  "spinning",
  async (subject) => {
    await using other = await client(subject.wsUrl);
    const paused = new Promise<void>((resolve) => other.on("Debugger.paused", () => resolve()));
    await other.send("Debugger.enable", {});
    await other.send("Debugger.pause", {});
    await paused;
    assertEquals(await mainIsHeld(subject.wsUrl), "paused");
    assertEquals(await mainIsHeld(subject.wsUrl), "paused", "asking does not let it go");
    // The answer to this comes before main runs again, the event after it.
    const resumed = new Promise<void>((resolve) => other.on("Debugger.resumed", () => resolve()));
    await other.send("Debugger.resume", {});
    await resumed;
    await other.send("Debugger.disable", {});
    assertEquals(await mainIsHeld(subject.wsUrl), "runs");
  },
);

test("mainIsHeld says runs of a main that spins or is blocked, with nobody connected", async () => {
  for (const mode of ["spinning", "blocked", "idle"]) {
    await using subject = await startSubject(mode);
    assertEquals(await mainIsHeld(subject.wsUrl), "runs", mode);
  }
});

test("mainIsHeld does not know of a main in native code, nor of one that is gone", async () => {
  const subject = await startSubject("native");
  assertEquals(await mainIsHeld(subject.wsUrl), "unknown");
  await subject[Symbol.asyncDispose]();
  assertEquals(await mainIsHeld(subject.wsUrl), "unknown");
});

async function client(wsUrl: string): Promise<Inspector> {
  const connection = await connectInspector(wsUrl);
  if (connection.kind === "failed") throw new Error(connection.why);
  return connection.inspector;
}
