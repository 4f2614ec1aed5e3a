import { assertEquals } from "@std/assert";

const LIFELINE = new URL("./lifeline.ts", import.meta.url).href;

/** A process that watches fd 3 and prints what happens, started by a shell that can be killed. */
function start(program: string): Deno.ChildProcess {
  const deno = Deno.execPath();
  const code = `import { watchLifeline } from "${LIFELINE}"; ${program}`;
  return new Deno.Command(deno, {
    // This Deno is the harness: it holds the other end of the pipe that becomes fd 3 of the one it starts.
    args: [
      "eval",
      "--no-check",
      `const child = new Deno.Command("/bin/sh", {
        args: ["-c", 'exec 3<&0 </dev/null; exec "$@"', "sh", Deno.execPath(), "eval", ${
        JSON.stringify(code)
      }],
        stdin: "piped",
      }).spawn();
      console.log("child " + child.pid);
      await child.status;
      console.log("harness lives");`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function* lines(child: Deno.ChildProcess): AsyncGenerator<string> {
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

Deno.test(
  "watchLifeline calls onGone when the harness is SIGKILLed",
  { timeout: 20_000 },
  async () => {
    const harness = start(`
    watchLifeline(3, () => { console.log("gone"); Deno.exit(); });
    setInterval(() => {}, 1000);
    console.log("watching");
  `);
    const seen: string[] = [];
    for await (const line of lines(harness)) {
      seen.push(line.replace(/\d+/, "PID"));
      if (line === "watching") harness.kill("SIGKILL");
    }
    await harness.status;
    assertEquals(seen, ["child PID", "watching", "gone"]);
  },
);

Deno.test("watchLifeline notices a harness that had died before the watch began", {
  timeout: 20_000,
}, async () => {
  const harness = start(`
    const harnessPid = Deno.ppid;
    console.log("orphan to be");
    const waiting = setInterval(() => {
      if (Deno.ppid === harnessPid) return;
      clearInterval(waiting);
      console.log("orphan");
      setInterval(() => {}, 1000);
      watchLifeline(3, () => { console.log("gone"); Deno.exit(); }, harnessPid);
    }, 1);
  `);
  const seen: string[] = [];
  for await (const line of lines(harness)) {
    seen.push(line.replace(/\d+/, "PID"));
    if (line === "orphan to be") harness.kill("SIGKILL");
  }
  await harness.status;
  assertEquals(seen, ["child PID", "orphan to be", "orphan", "gone"]);
});

Deno.test("watchLifeline does not believe the pid of its parent alone: the pipe must have ended", {
  timeout: 20_000,
}, async () => {
  // Timers of one isolate run in the order in which they are due, so its look at the pid comes before our line.
  const harness = start(`
    watchLifeline(3, () => { console.log("gone"); Deno.exit(); }, 2 ** 31 - 1);
    setTimeout(() => console.log("has looked"), 300);
    setInterval(() => {}, 1000);
  `);
  const seen: string[] = [];
  for await (const line of lines(harness)) {
    seen.push(line.replace(/\d+/, "PID"));
    if (line === "has looked") harness.kill("SIGKILL");
  }
  await harness.status;
  assertEquals(seen, ["child PID", "has looked", "gone"]);
});

Deno.test("watchLifeline does not keep the process", { timeout: 20_000 }, async () => {
  const harness = start(`
    watchLifeline(3, () => console.log("gone"));
    console.log("nothing more to do");
  `);
  const seen: string[] = [];
  for await (const line of lines(harness)) seen.push(line.replace(/\d+/, "PID"));
  await harness.status;
  assertEquals(seen, ["child PID", "nothing more to do", "harness lives"]);
});

Deno.test("watchLifeline says nothing while the harness lives, nor after it was stopped", {
  timeout: 20_000,
}, async () => {
  // Timers of one isolate run in the order in which they are due: both watches have had their looks before "done".
  const harness = start(`
    watchLifeline(3, () => console.log("gone"));
    watchLifeline(3, () => console.log("stopped one spoke"), 1)();
    setTimeout(() => console.log("done"), 700);
  `);
  const seen: string[] = [];
  for await (const line of lines(harness)) seen.push(line.replace(/\d+/, "PID"));
  await harness.status;
  assertEquals(seen, ["child PID", "done", "harness lives"]);
});
