import { assertEquals } from "@std/assert";
import { type Attendant, Interrupts } from "./interrupts.ts";

function interrupts(attendant: Attendant | null = null) {
  const clock = { ms: 0 };
  const said: string[] = [];
  const left: number[] = [];
  const made = new Interrupts(
    ({ signal, then }) => said.push(`${signal}: ${then}`),
    (code) => left.push(code),
    attendant,
    () => clock.ms,
  );
  return { made, clock, said, left };
}

Deno.test("Interrupts: stop, then kill, then leave", () => {
  const { made, clock, said, left } = interrupts();
  using _ = made;
  made.receive("SIGINT");
  assertEquals([made.stop.aborted, made.kill.aborted, left], [true, false, []]);
  clock.ms = 1_000;
  made.receive("SIGINT");
  assertEquals([made.kill.aborted, left], [true, []]);
  clock.ms = 2_000;
  made.receive("SIGINT");
  assertEquals(left, [130]);
  assertEquals(said.length, 3);
});

Deno.test("Interrupts: signals closer than 400 ms are one", () => {
  const { made, clock, said } = interrupts();
  using _ = made;
  made.receive("SIGINT");
  clock.ms = 399;
  made.receive("SIGINT");
  assertEquals([said.length, made.kill.aborted], [1, false]);
  clock.ms = 400;
  made.receive("SIGINT");
  assertEquals([said.length, made.kill.aborted], [2, true]);
});

Deno.test("Interrupts: the first signal decides the exit code", () => {
  const { made, clock, left } = interrupts();
  using _ = made;
  for (const signal of ["SIGTERM", "SIGINT", "SIGINT"] as const) {
    made.receive(signal);
    clock.ms += 1_000;
  }
  assertEquals([made.by, left], ["SIGTERM", [143]]);
});

Deno.test("Interrupts: the record is told of signals that count, and of no others", () => {
  const { made, clock } = interrupts();
  using _ = made;
  const recorded: string[] = [];
  made.onNotice = ({ signal }) => recorded.push(signal);
  made.receive("SIGHUP");
  clock.ms = 10;
  made.receive("SIGHUP");
  assertEquals(recorded, ["SIGHUP"]);
});

Deno.test("Interrupts listen to the real signal", async () => {
  const heard = Promise.withResolvers<string>();
  {
    using _made = new Interrupts(({ signal }) => heard.resolve(signal), () => {});
    // A signal listener alone does not keep the event loop waiting.
    const alive = setInterval(() => {}, 1_000);
    Deno.kill(Deno.pid, "SIGHUP");
    assertEquals(await heard.promise, "SIGHUP");
    clearInterval(alive);
  }
});
