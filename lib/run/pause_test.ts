import { assertEquals } from "@std/assert";
import { RunClock } from "./run_clock.ts";
import { SubjectPause } from "./pause.ts";
import type { SubjectProcess } from "../subject/subject_process.ts";

Deno.test("SubjectPause.resume lets a subject go on although the pause cannot be written down", async () => {
  const sent: Deno.Signal[] = [];
  const process: SubjectProcess = {
    pid: 1,
    identity: null,
    exit: null,
    exited: new Promise(() => {}),
    endedByUs: false,
    guard: () => {},
    signal: () => true,
    signalGroup: (name) => sent.push(name) > 0,
    endGroup: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  let nowMs = 0;
  const journal = {
    read: () => [],
    damage: null,
    end() {},
    tellPause: () => {
      throw new Deno.errors.NotFound("no such directory");
    },
  };
  const clock = new RunClock(() => nowMs);
  using pause = new SubjectPause({ process, clock, emit: () => {}, journal, ends: [] });
  await pause.pause();
  nowMs = 60_000;
  pause.resume();
  assertEquals([sent, pause.isPaused], [["SIGSTOP", "SIGCONT"], false]);
  assertEquals(await pause.whileRunning(() => Promise.resolve("works")), "works");
});
