/**
 * SIGKILLs the harness in the middle of triage, in a real terminal: while the menu is open, while it looks inside,
 * while a remedy is being watched; as a job of bash and below `deno task`. Two seconds later no subject may be alive,
 * and none paused before that.
 *
 * @module
 */

import { hasTmux, Pane } from "../../tests/support/tmux.ts";
import { unwedgeArgs } from "../../tests/support/unwedge.ts";
import type { KillCounts } from "./kill_subject.ts";
import { isAlive } from "./leftovers.ts";

/** How long a subject may outlive its harness. */
const GRACE_MS = 2_000;
/** An act that was begun is still under way for at least this long. */
const LATEST_KILL_MS = 700;
const SCENARIOS = ["non-checkpointing", "sigint-starved"];
const CONFIG = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
const COMMANDS = [
  `${Deno.execPath()} ${unwedgeArgs([]).join(" ")}`,
  `${Deno.execPath()} task --config ${CONFIG}`,
];
/** Pressed before the kill; empty for the menu itself. */
const KEYS = ["", "d", "1"];

/** Kills `runs` harnesses, one after the other. */
export async function killInTriage(runs: number): Promise<KillCounts> {
  if (!hasTmux) return { runs: 0, verdicts: { "no tmux here": runs }, wrong: [] };
  const verdicts: Record<string, number> = {};
  const wrong: string[] = [];
  for (let i = 0; i < runs; i++) {
    const scenario = SCENARIOS[i % SCENARIOS.length] ?? "";
    const command = COMMANDS[Math.floor(i / 2) % COMMANDS.length] ?? "";
    const key = KEYS[i % KEYS.length] ?? "";
    const dir = Deno.makeTempDirSync({ prefix: "unwedge-kill-" });
    try {
      const line = `${command} repro ${scenario} --deadline 1s -o ${dir}`;
      const complaints = await killOnce(line, key, dir);
      verdicts[key === "" ? "in the menu" : `after ${key}`] =
        (verdicts[key === "" ? "in the menu" : `after ${key}`] ?? 0) + 1;
      wrong.push(...complaints.map((what) => `#${i + 1} ${scenario}, key "${key}": ${what}`));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  }
  return { runs, verdicts, wrong };
}

async function killOnce(line: string, key: string, dir: string): Promise<string[]> {
  await using pane = await Pane.open({ columns: 100, rows: 40 });
  await pane.until("$");
  await pane.type(line);
  await pane.until("triage>");
  if (key !== "") {
    await pane.press(key);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LATEST_KILL_MS));
  }
  const { harnessPid } = JSON.parse(Deno.readTextFileSync(`${dir}/subject-spec.json`));
  const { pid } = JSON.parse(Deno.readTextFileSync(`${dir}/subject.json`));
  Deno.kill(harnessPid, "SIGKILL");
  const complaints: string[] = [];
  const endMs = performance.now() + GRACE_MS;
  while (isAlive(pid) && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (isAlive(pid)) {
    const state = /\nState:\s+(\w)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    complaints.push(`subject ${pid} lives ${GRACE_MS} ms after its harness, state ${state}`);
    Deno.kill(pid, "SIGKILL");
  }
  return complaints;
}
