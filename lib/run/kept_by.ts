/**
 * What keeps the process of a watched command that a dump is of, as far as it can be seen from outside.
 *
 * @module
 */

import type { Dump } from "../model/dump.ts";
import { processText, socketTexts } from "../report/text/outside.ts";
import { handleText } from "../report/text/handle_text.ts";

/** One line for each thing; empty when nothing can be named. */
export function keptBy(dump: Dump | null): string[] {
  if (dump === null) return [];
  const workers = dump.isolates.filter(({ kind, state }) => kind === "worker" && state !== "gone")
    .map(({ id, state }) => `${id}, ${state}`);
  const children = (dump.outside?.processes ?? []).filter(({ parent }) => parent === dump.pid);
  const handles = (dump.handles ?? []).map(handleText);
  const sockets = dump.outside === undefined ? [] : socketTexts(dump.outside);
  return [...handles, ...workers, ...children.map(processText), ...sockets];
}
