/**
 * What the kernel says of main's thread, whose id is that of the process. Where there is no /proc, or no permission to
 * read it, nothing is said, and nothing is asked for: a prompt would stop the sentinel when it is needed.
 *
 * @module
 */

const DIR = `/proc/self/task/${Deno.pid}`;
const NS_PER_MS = 1e6;

let readable: boolean | null = null;

/** For how long main has been queued for a processor so far, in milliseconds; 0 when that is not known. */
export function queuedMs(): number {
  const [, queued] = (read("schedstat") ?? "").split(" ");
  return Number(queued ?? 0) / NS_PER_MS;
}

/** Whether main's thread uses a processor or sleeps, and in which wait of the kernel's; null when that is not known. */
export function threadState(): string | null {
  const stat = read("stat");
  if (stat === null) return null;
  const state = stat[stat.lastIndexOf(")") + 2] ?? "?";
  if (state === "R") return "its thread runs";
  const wchan = read("wchan") ?? "";
  return wchan === "" || wchan === "0" ? "its thread sleeps" : `its thread sleeps in ${wchan}`;
}

function read(name: string): string | null {
  readable ??= Deno.build.os === "linux" && allowed();
  if (!readable) return null;
  try {
    return Deno.readTextFileSync(`${DIR}/${name}`);
  } catch {
    return null;
  }
}

function allowed(): boolean {
  return Deno.permissions.querySync({ name: "read", path: DIR }).state === "granted";
}
