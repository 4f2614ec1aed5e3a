/**
 * Turns positions in the scripts that V8 runs into positions in the TypeScript that people wrote.
 *
 * V8 knows a script by number; `Debugger.scriptParsed` gives its URL and its source map (an inline data URL). A call
 * frame's own `url` is empty under Deno (measured). The announcements are kept as text, and of the many only those
 * that a frame points into are ever parsed, each source map once per URL; the mapping library is loaded when the
 * first one is needed.
 *
 * @module
 */

import type { TraceMap } from "@jridgewell/trace-mapping";
import type { StackFrame } from "../model/dump.ts";
import { isInternalFile } from "../protocol/own_code.ts";
import type { RawFrame } from "./stacks.ts";
import type { ToldFrame } from "./self_reported_stack.ts";

/** A script as V8 announced it. */
interface Script {
  readonly url: string;
  readonly sourceMapURL: string | null;
}

/** Finds the source map, a data URL, of a script that has none with it; null when there is none to be had. */
export type MapFinder = (
  script: { readonly url: string; readonly scriptId: string; readonly sessionId: string | null },
) => Promise<string | null>;

const INLINE_MAP = /^data:application\/json[^,]*,/;

/** Knows the scripts of every isolate and maps frames. */
export class SourcePositions {
  readonly #announced = new Map<string, string>();
  readonly #maps = new Map<string, Promise<TraceMap | null>>();
  readonly #find: MapFinder;

  /** @param find where to look for a source map that no script has with it; nowhere if absent */
  constructor(find: MapFinder = () => Promise.resolve(null)) {
    this.#find = find;
  }

  /** Takes note of one `Debugger.scriptParsed` message, as text. */
  announce(message: string): void {
    // The id comes first and the session last, around a source map that need not be looked at.
    const scriptId = /"scriptId":"(\d+)"/.exec(message.slice(0, 200))?.[1];
    const sessionId = /"sessionId":"(\d+)"\}$/.exec(message.slice(-60))?.[1] ?? null;
    if (scriptId !== undefined) this.#announced.set(key(sessionId, scriptId), message);
  }

  /** Whether a script of that URL has been announced. */
  knows(url: string): boolean {
    const wanted = `"url":${JSON.stringify(url)}`;
    return [...this.#announced.values()].some((message) => message.includes(wanted));
  }

  /** Ids of the scripts of an isolate, those of the runtime aside, and those without a name. */
  programs(sessionId: string | null): readonly string[] {
    const ours = `${sessionId ?? "main"}/`;
    return [...this.#announced].flatMap(([key, message]) => {
      const url = /"url":"([^"]*)"/.exec(message)?.[1] ?? "";
      const isWanted = key.startsWith(ours) && url !== "" &&
        !/^(?:ext|node|native|wasm):/.test(url);
      return isWanted ? [key.slice(ours.length)] : [];
    });
  }

  /** Maps one frame, unless its isolate has; where there is no source map, the position is V8's own. */
  async map(raw: RawFrame | ToldFrame): Promise<StackFrame> {
    if ("file" in raw) return { ...raw, internal: isInternalFile(raw.file) };
    const script = this.#script(raw);
    const original = await this.#original(script, raw);
    const file = original?.file ?? script.url;
    return {
      fn: raw.fn,
      file,
      line: original?.line ?? raw.line + 1,
      column: original?.column ?? raw.column + 1,
      internal: isInternalFile(file),
    };
  }

  #script({ sessionId, scriptId }: RawFrame): Script {
    const message = this.#announced.get(key(sessionId, scriptId));
    if (message === undefined) return { url: "", sourceMapURL: null };
    const { params }: { params: { url?: string; sourceMapURL?: string } } = JSON.parse(message);
    return { url: params.url ?? "", sourceMapURL: params.sourceMapURL ?? null };
  }

  async #original(
    script: Script,
    { line, column, scriptId, sessionId }: RawFrame,
  ): Promise<{ file: string; line: number; column: number } | null> {
    const map = await this.#traceMap(script, scriptId, sessionId);
    if (map === null) return null;
    const { originalPositionFor } = await import("@jridgewell/trace-mapping");
    try {
      // The library counts lines from 1 and columns from 0, on both sides.
      const found = originalPositionFor(map, { line: line + 1, column });
      if (found.source === null) return null;
      return { file: found.source, line: found.line, column: found.column + 1 };
    } catch {
      // It decodes what the program calls a map only now.
      return null;
    }
  }

  #traceMap(
    { url, sourceMapURL }: Script,
    scriptId: string,
    sessionId: string | null,
  ): Promise<TraceMap | null> {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    const map = sourceMapURL !== null && INLINE_MAP.test(sourceMapURL)
      ? readMap(url, sourceMapURL)
      : this.#find({ url, scriptId, sessionId }).then((found) =>
        found === null ? null : readMap(url, found)
      );
    this.#maps.set(url, map);
    return map;
  }
}

async function readMap(url: string, sourceMapURL: string): Promise<TraceMap | null> {
  const { TraceMap } = await import("@jridgewell/trace-mapping");
  try {
    const payload = sourceMapURL.slice(sourceMapURL.indexOf(",") + 1);
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    return new TraceMap(new TextDecoder().decode(bytes), url);
  } catch {
    // A map that cannot be read costs us its TypeScript lines, never the stack.
    return null;
  }
}

function key(sessionId: string | null, scriptId: string): string {
  return `${sessionId ?? "main"}/${scriptId}`;
}
