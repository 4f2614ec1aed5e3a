/**
 * A call that was not awaited: `beat();` instead of `await beat();`. When the scope around it ends, or is cancelled, its
 * wait is ended with a Cancelled that reaches no code, and Deno would end the whole isolate for that, without a line. It
 * is told instead what it is, and where it waited.
 *
 * @module
 */

import { textOf } from "../protocol/text.ts";
import { Cancelled } from "./errors.ts";
import { readSite } from "./site.ts";

const { error: complain } = console;
let isWatching = false;

/** From now on such a call ends no isolate. Other rejections are left as they are. */
export function watchForgotten(): void {
  if (isWatching) return;
  isWatching = true;
  addEventListener("unhandledrejection", (event) => {
    const { reason } = event;
    if (!(reason instanceof Cancelled)) return;
    event.preventDefault();
    const text = forgottenText(reason);
    complain(text);
  });
}

/** What is said of it. */
export function forgottenText({ site, message }: Cancelled): string {
  const at = site === null ? null : readSite(site);
  const where = at === null
    ? "a call"
    : `a call that waited at ${at.file}:${at.line}:${at.column}${
      at.fn === null ? "" : ` in ${at.fn}`
    }`;
  return `unwedge: ${textOf(where)} was not awaited when it was ${
    textOf(message)
  }: await it, or spawn it in a nursery`;
}
