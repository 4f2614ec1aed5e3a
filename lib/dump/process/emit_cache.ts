/**
 * Source maps out of Deno's own cache. A Deno that was started without `--inspect` gives V8 the emitted JavaScript
 * without a source map; the same text stands in the cache with its map at the end.
 *
 * Invariant: a map is taken only where the text before it is the very text that V8 runs: the cache may have been written
 * anew since the process began.
 *
 * @module
 */

import type { Inspector } from "../../cdp/inspector.ts";
import { route } from "../../cdp/sessions.ts";
import { textOf } from "../../os/proc_files.ts";
import { pathOfFile } from "../../protocol/file_url.ts";
import type { MapFinder } from "../source_positions.ts";

const MARK = "//# sourceMappingURL=";
const ANSWER_MS = 2_000;

/** The cache that a process uses, or our own where that is not known. */
export class EmitCache {
  readonly #directory: string | null;

  constructor(pid: number | null) {
    const theirs = pid === null ? new Map<string, string>() : environmentOf(pid);
    this.#directory = directoryIn((name) => theirs.get(name) ?? ours(name));
  }

  /** The source map of a script that runs in a session of `inspector`, as a data URL; null when there is none. */
  async mapOf(
    inspector: Inspector,
    { url, scriptId, sessionId }: Parameters<MapFinder>[0],
  ): Promise<string | null> {
    const emitted = this.#emitted(url);
    const at = emitted.lastIndexOf(MARK);
    if (at < 0) return null;
    const to = { ...route(sessionId), timeoutMs: ANSWER_MS };
    const running = await inspector.send("Debugger.getScriptSource", { scriptId }, to);
    if (running.kind !== "ok" || running.result.scriptSource !== emitted.slice(0, at)) return null;
    // The line behind it is the cache's own.
    return emitted.slice(at + MARK.length).split("\n")[0] ?? null;
  }

  #emitted(url: string): string {
    if (this.#directory === null || !url.startsWith("file:///")) return "";
    return textOf(`${this.#directory}/gen/file${pathOfFile(url)}.js`);
  }
}

function environmentOf(pid: number): ReadonlyMap<string, string> {
  const pairs = textOf(`/proc/${pid}/environ`).split("\0").map((pair): [string, string] => {
    const cut = pair.indexOf("=");
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  });
  return new Map(pairs);
}

function ours(name: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted"
    ? Deno.env.get(name)
    : undefined;
}

function directoryIn(variable: (name: string) => string | undefined): string | null {
  const [own, cache, home] = ["DENO_DIR", "XDG_CACHE_HOME", "HOME"].map(variable);
  if (own) return own;
  if (cache) return `${cache}/deno`;
  if (!home) return null;
  return Deno.build.os === "darwin" ? `${home}/Library/Caches/deno` : `${home}/.cache/deno`;
}
