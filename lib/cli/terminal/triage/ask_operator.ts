/**
 * What is done while a run stands: the triage menu with a person in front of it, or nothing but to wait for somebody
 * who has attached a debugger.
 *
 * @module
 */

import type { HungDecision, HungRun } from "../../../run/hung_run.ts";
import { makeStyle } from "../../../report/text/style.ts";
import type { OnHangChoice } from "../on_hang.ts";
import type { Streams } from "../../streams.ts";
import { inspectorLines } from "./inspector.ts";
import { triage } from "./session.ts";
import type { MenuTerminal } from "./menu_terminal.ts";

/** Stands until it is decided what becomes of the run. `desk` is null where nobody can press a key. */
export async function askOperator(
  hung: HungRun,
  mode: OnHangChoice["mode"],
  desk: MenuTerminal | null,
  { streams, color }: { readonly streams: Streams; readonly color: boolean },
): Promise<HungDecision> {
  desk?.open();
  try {
    if (mode === "triage" && desk !== null) return await triage(hung, desk);
    return await inspect(hung, desk, { streams, color });
  } finally {
    desk?.close();
  }
}

async function inspect(
  hung: HungRun,
  desk: MenuTerminal | null,
  { streams, color }: { readonly streams: Streams; readonly color: boolean },
): Promise<HungDecision> {
  const page = desk?.page() ??
    { style: makeStyle(color), here: Deno.cwd(), columns: 100, rows: 24 };
  const until = desk === null ? "until a signal comes, or it exits" : "until you press a key";
  const head = `unwedge: ${hung.name} hangs, process ${hung.pid}; it stays so ${until}.`;
  const lines = [head, ...inspectorLines(hung.inspectorUrl, page)];
  streams.err(lines.map((line) => `${line}\n`).join(""));
  const over = Promise.withResolvers<void>();
  hung.over.addEventListener("abort", () => over.resolve());
  if (hung.over.aborted) over.resolve();
  await Promise.race([hung.exited, over.promise, desk?.next() ?? over.promise]);
  return { kind: "end" };
}
