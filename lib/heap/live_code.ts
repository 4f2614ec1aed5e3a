/**
 * Asks a live isolate what its scripts say, and which functions have ended.
 *
 * @module
 */

import type { Inspector } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";
import { endedOf } from "./locate.ts";
import type { ScriptText } from "./named_variables.ts";
import type { CodeFacts } from "./usable_code.ts";

const ANSWER_MS = 2_000;
/** Of a script that does not begin where its file does, V8 counts positions in the file. */
const ANNOUNCED =
  /"scriptId":"(\d+)","url":"(?:[^"\\]|\\.)*","startLine":0,"startColumn":0,.*"isModule":(true|false)/s;

/** Takes note of the scripts that an isolate announces when its debugger is enabled, until it is disposed of. */
export class LiveCode implements CodeFacts, Disposable {
  readonly #inspector: Inspector;
  readonly #sessionId: string | null;
  readonly #isModule = new Map<number, boolean>();
  readonly #off: () => void;

  constructor(inspector: Inspector, sessionId: string | null) {
    this.#inspector = inspector;
    this.#sessionId = sessionId;
    this.#off = inspector.onScriptParsed((message) => this.#announce(message));
  }

  /** What a script says; null when that cannot be had, or it is part of another text. */
  async textOf(scriptId: number): Promise<ScriptText | null> {
    const isModule = this.#isModule.get(scriptId);
    if (isModule === undefined) return null;
    const answer = await this.#inspector.send("Debugger.getScriptSource", {
      scriptId: String(scriptId),
    }, { ...route(this.#sessionId), timeoutMs: ANSWER_MS });
    return answer.kind === "ok" ? { text: answer.result.scriptSource, isModule } : null;
  }

  /** Those of the calls of generators, async functions and modules, by the ids of their objects, that have ended. */
  endedOf(ids: readonly number[]): Promise<ReadonlySet<number>> {
    return endedOf(this.#inspector, this.#sessionId, ids);
  }

  [Symbol.dispose](): void {
    this.#off();
  }

  #announce(message: string): void {
    // Numbers of scripts are those of one isolate: of another session's, nothing is asked.
    const sessionId = /"sessionId":"(\d+)"\}$/.exec(message.slice(-60))?.[1] ?? null;
    if (sessionId !== this.#sessionId) return;
    const [, id, isModule] = ANNOUNCED.exec(message) ?? [];
    if (id !== undefined) this.#isModule.set(Number(id), isModule === "true");
  }
}
