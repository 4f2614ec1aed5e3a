/**
 * The end of npm, which started unwedge by way of a shell: upon a TERM npm ends that shell, which passes it on to nobody,
 * and itself. A run would go on without a terminal, so that end is taken for the signal.
 *
 * @module
 */

const LOOK_MS = 250;

/**
 * Calls when npm has gone, once, and looks no more when disposed of. Does nothing where npm did not start this process.
 */
export function watchForEndOfNpm(ended: () => void): Disposable {
  if (!startedByNpm()) return { [Symbol.dispose]() {} };
  const parent = Deno.ppid;
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    ended();
  }, LOOK_MS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function startedByNpm(): boolean {
  try {
    return Deno.env.has("npm_lifecycle_event");
  } catch {
    // Without the permission nobody knows; npm starts it with all of them.
    return false;
  }
}
