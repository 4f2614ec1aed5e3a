/** Starts and ends the processes that `dump_32.ts` takes dumps of. @module */

/** A process to dump. Disposing of it ends it. */
export interface Target extends AsyncDisposable {
  readonly pid: number;
  readonly wsUrl: string;
}

/**
 * Starts a process with that many workers beside its main isolate, and waits until they are where they should be.
 *
 * @throws {Error} when it ends before it is ready
 */
export async function startTarget(
  stuck: number,
  spinning: number,
  parked: number,
): Promise<Target> {
  const program = new URL("../programs/dump_target.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--inspect=127.0.0.1:0",
      "--inspect-publish-uid=stderr",
      program,
      ...[stuck, spinning, parked].map(String),
    ],
    // Its end is the sign to leave, also when this process is killed.
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const wsUrl = await textWith(child.stderr, /ws:\/\/\S+(?=\s)/);
  await textWith(child.stdout, /READY/);
  return {
    pid: child.pid,
    wsUrl,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
    },
  };
}

/** Reads until the pattern is there, and goes on reading so that the pipe never fills. */
async function textWith(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const drain = async () => {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text = (text + chunk).slice(-10_000);
      const found = pattern.exec(text);
      if (found !== null) resolve(found[0]);
    }
    reject(new Error(`the process ended without ${pattern}: ${text}`));
  };
  drain().catch(reject);
  return await promise;
}
