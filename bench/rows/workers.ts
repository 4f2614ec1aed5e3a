/** Raw workers, for the baselines, and what can be seen of workers from outside. @module */

/** Starts a worker of `programs/` and waits for its first message. */
export async function startRaw(program: string): Promise<Worker> {
  const url = new URL(`../programs/${program}`, import.meta.url);
  const worker = new Worker(url, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  return worker;
}

/** Ends a worker and waits until no worker thread is left, so that it burdens nothing that is measured next. */
export async function endRaw(worker: Worker): Promise<void> {
  worker.terminate();
  await workersGone();
}

/** Thread ids of the workers of this process. */
export function workerThreads(): string[] {
  const threads: string[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    try {
      const comm = Deno.readTextFileSync(`/proc/self/task/${name}/comm`);
      if (comm.startsWith("worker-")) threads.push(name);
    } catch (error) {
      // It ended while we looked.
      if (!isGone(error)) throw error;
    }
  }
  return threads;
}

/** Waits until no worker thread is left. */
export async function workersGone(): Promise<void> {
  while (workerThreads().length > 0) await turn();
}

/** Waits until one thread is gone: looks once a millisecond, and lets the loop turn in between. */
export async function threadGone(tid: string): Promise<void> {
  while (threadExists(tid)) await turn();
}

function threadExists(tid: string): boolean {
  try {
    Deno.statSync(`/proc/self/task/${tid}`);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  // ESRCH comes for a thread that goes between open and read, not always with its code.
  return error instanceof Deno.errors.NotFound ||
    error instanceof Error && /\(os error 3\)/.test(error.message);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
