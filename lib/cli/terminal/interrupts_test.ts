import { assertEquals } from "@std/assert";
import { type Controls, Interrupts } from "./interrupts.ts";

function interrupts(controls: Controls | null = null) {
  const clock = { ms: 0 };
  const said: string[] = [];
  const left: number[] = [];
  const made = new Interrupts(
    ({ signal, then }) => said.push(`${signal}: ${then}`),
    (code) => left.push(code),
    controls,
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

Deno.test("Interrupts: output that can no longer be written stops in order, and decides the exit code", () => {
  const { made, clock, left } = interrupts();
  using _ = made;
  const lost = new AbortController();
  made.stopWhen(lost.signal);
  lost.abort();
  assertEquals([made.by, made.stop.aborted, made.kill.aborted], ["lost output", true, false]);
  for (clock.ms = 1_000; clock.ms < 3_000; clock.ms += 1_000) made.receive("SIGINT");
  assertEquals(left, [125]);
});

Deno.test("Interrupts: a lost output changes nothing of a run that ends by a signal", () => {
  const { made } = interrupts();
  using _ = made;
  const lost = new AbortController();
  made.stopWhen(lost.signal);
  made.receive("SIGTERM");
  lost.abort();
  assertEquals(made.by, "SIGTERM");
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

/** Writes down what it is asked for. */
class Attended implements Controls {
  readonly asked: string[] = [];
  attends = true;
  slept = Promise.withResolvers<void>();

  attend(): boolean {
    this.asked.push("attend");
    return this.attends;
  }

  dumpNow(): void {
    this.asked.push("dump");
  }

  sleep(): Promise<void> {
    this.asked.push("sleep");
    return Promise.resolve();
  }

  wake(): Promise<void> {
    this.asked.push("wake");
    this.slept.resolve();
    return Promise.resolve();
  }

  stopSelf(): void {
    this.asked.push("stop");
  }

  stopping(): void {
    this.asked.push("stopping");
  }
}

Deno.test("Interrupts on a terminal: attend, then stop, then kill, then leave", () => {
  const attended = new Attended();
  const { made, clock, left } = interrupts(attended);
  using _ = made;
  const steps = [1, 2, 3, 4].map(() => {
    made.receive("SIGINT");
    clock.ms += 1_000;
    return [made.stop.aborted, made.kill.aborted, left.length];
  });
  assertEquals(steps, [[false, false, 0], [true, false, 0], [true, true, 0], [true, true, 1]]);
  assertEquals([made.by, attended.asked], ["SIGINT", ["attend", "stopping"]]);
});

Deno.test("Interrupts stop at the first Ctrl-C when nobody attends", () => {
  const attended = new Attended();
  attended.attends = false;
  const { made } = interrupts(attended);
  using _ = made;
  made.receive("SIGINT");
  assertEquals([made.stop.aborted, made.by], [true, "SIGINT"]);
});

Deno.test("Interrupts attend again once the run goes on", () => {
  const { made, clock } = interrupts(new Attended());
  using _ = made;
  made.receive("SIGINT");
  made.rearm();
  clock.ms = 1_000;
  made.receive("SIGINT");
  assertEquals([made.stop.aborted, made.by], [false, null]);
  made.concede();
  assertEquals(made.by, "SIGINT");
});

Deno.test("Interrupts never ask anybody about TERM and HUP, also just after a Ctrl-C", () => {
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    const { made, clock } = interrupts(new Attended());
    using _ = made;
    made.receive("SIGINT");
    clock.ms = 10;
    made.receive(signal);
    assertEquals([made.stop.aborted, made.by], [true, signal]);
    // What comes together with it is the same end, not a harder one.
    clock.ms = 20;
    made.receive("SIGHUP");
    assertEquals(made.kill.aborted, false);
  }
});

Deno.test("Interrupts dump on QUIT, once for a doubled one, and end nothing", () => {
  const attended = new Attended();
  const { made, clock } = interrupts(attended);
  using _ = made;
  made.receive("SIGQUIT");
  clock.ms = 10;
  made.receive("SIGQUIT");
  assertEquals([attended.asked, made.stop.aborted], [["dump"], false]);
  clock.ms = 1_000;
  made.receive("SIGQUIT");
  assertEquals(attended.asked, ["dump", "dump"]);
});

Deno.test("Interrupts put everything to sleep before they stop us, and wake it after", async () => {
  const attended = new Attended();
  const { made, clock } = interrupts(attended);
  using _ = made;
  made.receive("SIGTSTP");
  // deno task passes on what the terminal has sent already, before and after the sleep.
  made.receive("SIGTSTP");
  await attended.slept.promise;
  await Promise.resolve();
  clock.ms = 100;
  made.receive("SIGTSTP");
  made.receive("SIGCONT");
  assertEquals(attended.asked, ["sleep", "stop", "wake"]);
});

Deno.test("Interrupts wake after a stop that somebody else made", () => {
  const attended = new Attended();
  const { made } = interrupts(attended);
  using _ = made;
  made.receive("SIGCONT");
  assertEquals(attended.asked, ["wake"]);
});

Deno.test("Interrupts change nothing any more once the result is being shown", () => {
  const { made, left, said } = interrupts(new Attended());
  using _ = made;
  made.finish();
  for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) made.receive(signal);
  assertEquals([made.stop.aborted, left, said], [false, [], []]);
});
