/**
 * What runs unwedge: the system, Deno, its version and its permissions.
 *
 * @module
 */

import { type CheckGroup, type CheckOutcome, granted } from "../check.ts";

/** The version on which the facts that unwedge rests on were measured. */
export const MEASURED_DENO = "2.9.6";

/** Deno itself. */
export const DENO_CHECKS: CheckGroup = {
  title: "Deno",
  checks: [
    {
      id: "deno",
      name: "version",
      needed: true,
      why: `how workers end, die and hang was measured on Deno ${MEASURED_DENO}`,
      look: () => judgeVersion(Deno.version.deno),
    },
    {
      id: "os",
      name: "system",
      needed: false,
      why: "what a report shows of threads and signals comes from Linux's /proc",
      look: () => judgeSystem(Deno.build.os, Deno.build.arch),
    },
    {
      id: "permissions",
      name: "permissions",
      needed: true,
      why: "unwedge starts and signals processes, writes runs, and asks their inspectors",
      look: () =>
        judgePermissions((name) =>
          granted(name === "net" ? { name, host: "127.0.0.1" } : { name })
        ),
    },
  ],
};

/** Judges the operating system. */
export function judgeSystem(os: string, arch: string): CheckOutcome {
  if (os === "linux") return { kind: "ok", seen: `${os} ${arch}` };
  return {
    kind: os === "darwin" || os === "freebsd" ? "limited" : "missing",
    seen: `${os} ${arch}`,
    advice: "verdicts were tested on Linux alone; a container with Linux will do",
  };
}

/** Judges a version of Deno. */
export function judgeVersion(version: string): CheckOutcome {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (version === MEASURED_DENO) return { kind: "ok", seen: `${version}, the one measured` };
  const install = `npm install -g deno@${MEASURED_DENO}`;
  if (major < 2 || (major === 2 && minor < 9)) {
    return { kind: "missing", seen: `${version} is too old`, advice: `take 2.9: ${install}` };
  }
  return {
    kind: "limited",
    seen: `${version}, on which nothing was measured`,
    advice: `run unwedge smoke to see whether its workers behave as measured; or ${install}`,
  };
}

/** `net` stands for 127.0.0.1 alone. */
const NEEDED = ["read", "write", "run", "net"] as const;
const USEFUL = ["env", "sys", "ffi", "import"] as const;

/** Judges what was granted. */
export function judgePermissions(
  has: (name: typeof NEEDED[number] | typeof USEFUL[number]) => boolean,
): CheckOutcome {
  const lacking = NEEDED.filter((name) => !has(name));
  const advice = "run with -A, or as deno task repro:narrow does";
  if (lacking.length > 0) {
    return { kind: "missing", seen: `without ${lacking.join(", ")}`, advice };
  }
  const without = USEFUL.filter((name) => !has(name));
  if (without.length === 0) return { kind: "ok", seen: "all" };
  return {
    kind: "limited",
    seen: `some; without ${without.join(", ")} or with limits to them`,
    advice:
      "with -A the report also shows the threads in /proc, which Deno does not open otherwise",
  };
}
