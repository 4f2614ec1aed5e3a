/**
 * Starts `fixtures/programs/dump_subject.ts` for the tests of this folder, and ends it whatever happens.
 *
 * @module
 */

import { connectInspector, type Inspector } from "../../lib/cdp/inspector.ts";
import { inEventLoop, readThreads, type ThreadLook } from "../../lib/os/proc.ts";

/** What the kernel shows of a thread that is where a test wants it. */
export const asleepIn = {
  /** Waits on shared memory, as `Atomics.wait` does. */
  futex: (look: ThreadLook): boolean => look.state === "S" && /futex/.test(look.wchan ?? ""),
  /** Waits for a child process. */
  child: (look: ThreadLook): boolean => look.state === "S" && look.wchan === "do_wait",
  loop: inEventLoop,
};

/** A running subject. Disposing of it kills it and waits until it is gone. */
export interface TestSubject extends AsyncDisposable {
  readonly pid: number;
  readonly wsUrl: string;
  readonly status: Promise<Deno.CommandStatus>;
  /** Everything on stdout so far. */
  stdout(): string;
  /** Waits until stdout holds `text` after position `from`. Rejects when the subject ends first. */
  until(text: string, from?: number): Promise<void>;
  /** Waits until a thread (`main` or `worker-N`) is where `there` wants it. */
  untilThread(name: string, there: (look: ThreadLook) => boolean): Promise<void>;
  /** Writes a line to stdin. */
  say(line: string): Promise<void>;
  /** Ends stdin, which tells an idle main to leave. */
  endStdin(): Promise<void>;
  /** The same; the exit code, once the process is gone. */
  leave(): Promise<number>;
}

/** Where the thread of an isolate stays that was told this. The others run, or come and go. */
const STAYS: Readonly<Record<string, (look: ThreadLook) => boolean>> = {
  ...Object.fromEntries(["blocked", "wait", "clinging"].map((kind) => [kind, asleepIn.futex])),
  ...Object.fromEntries(
    ["idle", "plain", "spawning", "deaf", "nameless", "liar", "babbler"]
      .map((kind) => [kind, asleepIn.loop]),
  ),
  native: asleepIn.child,
};

/**
 * Starts a subject and waits until every isolate is where it stays.
 *
 * @param main what main does, see the program
 * @param workers the kinds of its workers, in order: the first is `worker-1`
 */
export async function startSubject(main: string, ...workers: string[]): Promise<TestSubject> {
  const subject = await startProgram("dump_subject.ts", main, ...workers);
  for (const [number, kind] of [main, ...workers].entries()) {
    const stays = STAYS[kind];
    if (stays !== undefined) {
      await subject.untilThread(number === 0 ? "main" : `worker-${number}`, stays);
    }
  }
  return subject;
}

/**
 * A test with a subject of its own. Its 60 s are far more than any takes.
 *
 * @param isolates what main does and the kinds of the workers, as on the program's command line
 */
export function testSubject(
  name: string,
  isolates: string,
  test: (subject: TestSubject) => void | Promise<void>,
): void {
  Deno.test(name, { timeout: 60_000 }, async () => {
    const [main = "", ...workers] = isolates.split(" ");
    await using subject = await startSubject(main, ...workers);
    await test(subject);
  });
}

/** The same, connected to the inspector of the subject. */
export function testInspector(
  name: string,
  isolates: string,
  test: (inspector: Inspector, subject: TestSubject) => Promise<void>,
): void {
  testSubject(name, isolates, async (subject) => {
    await using inspector = await connected(subject);
    await test(inspector, subject);
  });
}

/** Connects to the inspector of a subject. */
export async function connected({ wsUrl }: Pick<TestSubject, "wsUrl">): Promise<Inspector> {
  const outcome = await connectInspector(wsUrl);
  if (outcome.kind !== "ok") throw new Error(`no inspector at ${wsUrl}: ${outcome.why}`);
  return outcome.inspector;
}

/** The same for another program, of `fixtures/programs/` or by its URL, which must print `READY`. */
export async function startProgram(file: string, ...args: string[]): Promise<TestSubject> {
  const program = new URL(file, import.meta.resolve("../../fixtures/programs/"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--inspect=127.0.0.1:0",
      "--inspect-publish-uid=stderr",
      program.href,
      ...args,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const stdin = child.stdin.getWriter();
  const out = follow(child.stdout);
  const err = follow(child.stderr);
  const dispose = async (): Promise<void> => {
    try {
      child.kill("SIGKILL");
    } catch {
      // Already gone.
    }
    await Promise.all([child.status, out.ended, err.ended, stdin.close().catch(() => {})]);
  };
  try {
    await err.until("ws://", 0);
    await err.until("\n", err.text().indexOf("ws://"));
    await out.until("READY", 0);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    pid: child.pid,
    wsUrl: /ws:\/\/\S+/.exec(err.text())?.[0] ?? "",
    status: child.status,
    stdout: out.text,
    until: (text, from = 0) => out.until(text, from),
    untilThread: (name, there) => untilThread(child.pid, name, there),
    say: (line) => stdin.write(new TextEncoder().encode(`${line}\n`)),
    endStdin: () => stdin.close(),
    async leave() {
      await stdin.close();
      return (await child.status).code;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The kernel does not announce that a thread goes to sleep, so it is asked again and again; the test's timeout bounds it. */
async function untilThread(
  pid: number,
  name: string,
  there: (look: ThreadLook) => boolean,
): Promise<void> {
  while (true) {
    const outcome = readThreads(pid);
    if (outcome.kind !== "ok") throw new Error(`no threads of ${pid}: ${outcome.kind}`);
    const wanted = outcome.threads.find((look) =>
      name === "main" ? look.tid === pid : look.name === name
    );
    if (wanted !== undefined && there(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Followed {
  readonly ended: Promise<void>;
  text(): string;
  until(text: string, from: number): Promise<void>;
}

function follow(stream: ReadableStream<Uint8Array>): Followed {
  let text = "";
  let over = false;
  const watchers = new Set<() => void>();
  const read = async (): Promise<void> => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (const watch of watchers) watch();
    }
    over = true;
    for (const watch of watchers) watch();
  };
  return {
    ended: read(),
    text: () => text,
    until: (wanted, from) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const watch = (): void => {
        if (text.includes(wanted, from)) resolve();
        else if (over) reject(new Error(`the subject ended without "${wanted}":\n${text}`));
      };
      watchers.add(watch);
      watch();
      return promise.finally(() => watchers.delete(watch));
    },
  };
}
