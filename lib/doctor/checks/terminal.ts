/**
 * The terminal, as far as it decides what unwedge prints and whether it asks.
 *
 * @module
 */

import type { Bench, CheckGroup, CheckOutcome } from "../check.ts";

/** A report is written for this width. */
const WIDTH = 100;

/** What a terminal is to us. */
export interface TerminalFacts {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Null when it has none. */
  readonly columns: number | null;
}

/** The terminal. */
export const TERMINAL_CHECKS: CheckGroup = {
  title: "Terminal",
  checks: [
    {
      id: "terminal",
      name: "terminal",
      needed: false,
      why: "on one, a hang opens a menu and progress is one line; elsewhere nothing asks",
      look: () => judgeTerminal(terminal()),
    },
    {
      id: "color",
      name: "colour",
      needed: false,
      why: "NO_COLOR, FORCE_COLOR, TERM and --color decide",
      look: (bench) => judgeColor(bench, Deno.stdout.isTerminal()),
    },
  ],
};

function terminal(): TerminalFacts {
  let columns: number | null = null;
  try {
    columns = Deno.consoleSize().columns;
  } catch {
    // No terminal.
  }
  const [stdin, stdout, stderr] = [Deno.stdin, Deno.stdout, Deno.stderr].map((stream) =>
    stream.isTerminal()
  );
  return { stdin: stdin === true, stdout: stdout === true, stderr: stderr === true, columns };
}

/** Judges a terminal. */
export function judgeTerminal({ stdin, stdout, stderr, columns }: TerminalFacts): CheckOutcome {
  const others = [stdin ? null : "stdin", stdout ? null : "stdout", stderr ? null : "stderr"]
    .filter((name) => name !== null);
  if (others.length === 3) {
    return { kind: "ok", seen: "none: plain lines, and nothing waits for a key" };
  }
  const width = columns === null ? "" : `, ${columns} columns`;
  if (others.length > 0) {
    return {
      kind: "limited",
      seen: `in part: not ${others.join(", ")}${width}`,
      advice: "for the menu on a hang, leave all three on the terminal; files: -o DIR, --json",
    };
  }
  if (columns !== null && columns < WIDTH) {
    const advice = `the report is laid out for ${WIDTH} columns`;
    return { kind: "limited", seen: `a terminal${width}`, advice };
  }
  return { kind: "ok", seen: `a terminal${width}` };
}

/** Says whether colour is on, and what decides it. */
export function judgeColor({ env }: Pick<Bench, "env">, isTerminal: boolean): CheckOutcome {
  const forced = env("FORCE_COLOR");
  if (forced) {
    const on = forced !== "0" && forced !== "false";
    return { kind: "ok", seen: `${on ? "on" : "off"}, by FORCE_COLOR=${forced}` };
  }
  if (env("NO_COLOR")) return { kind: "ok", seen: "off, by NO_COLOR" };
  if (!isTerminal) return { kind: "ok", seen: "off, since stdout is not a terminal" };
  if (env("TERM") === "dumb") return { kind: "ok", seen: "off, by TERM=dumb" };
  return { kind: "ok", seen: `on (TERM=${env("TERM") ?? ""})` };
}
