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

/** A test of what the program says, in order; the harness is killed when it has said `killed`. */
function saying(name: string, program: string, said: readonly string[], killed?: string): void {
  Deno.test(name, { timeout: 20_000 }, async () => {
    const harness = start(program);
    const seen: string[] = [];
    for await (const line of lines(harness)) {
      seen.push(line.replace(/\d+/, "PID"));
      if (line === killed) harness.kill("SIGKILL");
    }
    await harness.status;
    assertEquals(seen, ["child PID", ...said]);
  });
}

saying(
  "watchLifeline calls onGone when the harness is SIGKILLed",
  `watchLifeline(3, () => { console.log("gone"); Deno.exit(); });
   setInterval(() => {}, 1000);
   console.log("watching");`,
  ["watching", "gone"],
  "watching",
);

saying(
  "watchLifeline notices a harness that had died before the watch began",
  `const harnessPid = Deno.ppid;
   console.log("orphan to be");
   const waiting = setInterval(() => {
     if (Deno.ppid === harnessPid) return;
     clearInterval(waiting);
     console.log("orphan");
     setInterval(() => {}, 1000);
     watchLifeline(3, () => { console.log("gone"); Deno.exit(); }, harnessPid);
   }, 1);`,
  ["orphan to be", "orphan", "gone"],
  "orphan to be",
);

saying(
  "watchLifeline does not believe the pid of its parent alone: the pipe must have ended",
  // Timers of one isolate run in the order in which they are due, so its look at the pid comes before our line.
  `watchLifeline(3, () => { console.log("gone"); Deno.exit(); }, 2 ** 31 - 1);
   setTimeout(() => console.log("has looked"), 300);
   setInterval(() => {}, 1000);`,
  ["has looked", "gone"],
  "has looked",
);

saying(
  "watchLifeline does not keep the process",
  `watchLifeline(3, () => console.log("gone"));
   console.log("nothing more to do");`,
  ["nothing more to do", "harness lives"],
);

saying(
  "watchLifeline says nothing while the harness lives, nor after it was stopped",
  // Timers of one isolate run in the order in which they are due: both watches have had their looks before "done".
  `watchLifeline(3, () => console.log("gone"));
   watchLifeline(3, () => console.log("stopped one spoke"), 1)();
   setTimeout(() => console.log("done"), 700);`,
  ["done", "harness lives"],
);
