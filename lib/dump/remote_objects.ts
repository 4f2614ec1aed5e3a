/**
 * Reads objects of one isolate by way of its inspector: lists of them, and where their functions stand.
 *
 * Invariant: after `leave` no object is held there and no debugger is on.
 *
 * @module
 */

import type { Position } from "../model/dump.ts";
import type { CommandResult } from "../cdp/commands.ts";
import type { Inspector, SendOutcome } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";
import type { EmitCache } from "./process/emit_cache.ts";
import { SourcePositions } from "./source_positions.ts";

/** The isolate did not answer, or not with what was asked for. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Which isolate, and for how long each answer is waited for. */
export interface RemoteObjectsOptions {
  readonly inspector: Inspector;
  /** Null for main. */
  readonly sessionId: string | null;
  readonly timeoutMs: number;
  /** Where source maps are looked for that scripts have not with them. */
  readonly emitted?: EmitCache | undefined;
}

const GROUP = "unwedge";
/** Each is searched for a word: half a millisecond. */
const MOST_SCRIPTS = 500;

/** Objects of one isolate. Each method throws {@linkcode NoAnswer} where it gets none. */
export class RemoteObjects {
  readonly #inspector: Inspector;
  readonly #positions: SourcePositions;
  readonly #sessionId: string | null;
  readonly #to: { readonly sessionId?: string; readonly timeoutMs: number };
  readonly #stop: () => void;

  constructor({ inspector, sessionId, timeoutMs, emitted }: RemoteObjectsOptions) {
    this.#positions = new SourcePositions(
      emitted === undefined ? undefined : (script) => emitted.mapOf(inspector, script),
    );
    this.#inspector = inspector;
    this.#sessionId = sessionId;
    this.#to = { ...route(sessionId), timeoutMs };
    this.#stop = inspector.onScriptParsed((message) => this.#positions.announce(message));
  }

  /** Has the isolate tell of its scripts, and of where functions stand. */
  async enter(): Promise<void> {
    this.#ok(await this.#inspector.send("Debugger.enable", {}, this.#to));
  }

  /** Leaves the isolate as it was. */
  async leave(): Promise<void> {
    const objectGroup = { objectGroup: GROUP };
    await this.#inspector.send("Runtime.releaseObjectGroup", objectGroup, this.#to);
    await this.#inspector.send("Debugger.disable", {}, this.#to);
    this.#stop();
  }

  /** All objects that have what an expression gives in their chain; null when it gives none. */
  async havingPrototype(expression: string): Promise<RemoteObject | null> {
    const { objectId: prototypeObjectId } = await this.evaluate(expression, false);
    if (prototypeObjectId === undefined) return null;
    const params = { prototypeObjectId, objectGroup: GROUP };
    return this.#ok(await this.#inspector.send("Runtime.queryObjects", params, this.#to)).objects;
  }

  /** Where the functions of a list stand, by their place in the list. */
  async places(list: RemoteObject): Promise<Map<number, Position>> {
    const places = new Map<number, Position>();
    for (const { name, value } of (await this.properties(list)).result) {
      if (value?.type !== "function") continue;
      const { internalProperties = [] } = await this.properties(value);
      const location: unknown = internalProperties
        .find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
      if (!isLocation(location)) continue;
      const { scriptId, lineNumber: line, columnNumber: column } = location;
      const place = await this.placeAt(scriptId, line, column);
      if (place !== null) places.set(Number(name), place);
    }
    return places;
  }

  /** The scripts of the program in which a word stands; null where there are too many scripts to look into. */
  async scriptsWith(word: string): Promise<readonly { scriptId: string; text: string }[] | null> {
    const ids = this.#positions.programs(this.#sessionId);
    if (ids.length > MOST_SCRIPTS) return null;
    const query = `\\b${word}\\b`;
    const found: { scriptId: string; text: string }[] = [];
    for (const scriptId of ids) {
      const params = { scriptId, query, isRegex: true, caseSensitive: true };
      const { result } = this.#ok(
        await this.#inspector.send("Debugger.searchInContent", params, this.#to),
      );
      if (result.length === 0) continue;
      const { scriptSource: text } = this.#ok(
        await this.#inspector.send("Debugger.getScriptSource", { scriptId }, this.#to),
      );
      found.push({ scriptId, text });
    }
    return found;
  }

  /** A place in a script as people wrote it, its line and column counted from 0; null where that is in no file. */
  async placeAt(scriptId: string, line: number, column: number): Promise<Position | null> {
    const raw = { fn: "", sessionId: this.#sessionId, scriptId, line, column };
    const { file, line: mappedLine, column: mappedColumn } = await this.#positions.map(raw);
    return file.startsWith("file:") ? { file, line: mappedLine, column: mappedColumn } : null;
  }

  async properties({ objectId }: RemoteObject): Promise<CommandResult<"Runtime.getProperties">> {
    return this.#ok(
      await this.#inspector.send("Runtime.getProperties", {
        objectId: objectId ?? "",
        ownProperties: true,
      }, this.#to),
    );
  }

  async evaluate(expression: string, returnByValue: boolean): Promise<RemoteObject> {
    const answer = this.#ok(
      await this.#inspector.send("Runtime.evaluate", {
        expression,
        returnByValue,
        objectGroup: GROUP,
        silent: true,
        disableBreaks: true,
      }, this.#to),
    );
    return answer.result;
  }

  async call(
    objectId: string | undefined,
    functionDeclaration: string,
    returnByValue: boolean,
  ): Promise<RemoteObject> {
    const answer = this.#ok(
      await this.#inspector.send("Runtime.callFunctionOn", {
        ...(objectId === undefined ? {} : { objectId }),
        functionDeclaration,
        returnByValue,
        objectGroup: GROUP,
        silent: true,
      }, this.#to),
    );
    return answer.result;
  }

  #ok<T>(outcome: SendOutcome<T>): T {
    if (outcome.kind === "ok") return outcome.result;
    if (outcome.kind === "error") throw new NoAnswer(`it refused: ${outcome.message}`);
    if (outcome.kind === "closed") throw new NoAnswer("the connection ended");
    throw new NoAnswer(`it did not answer within ${outcome.afterMs} ms`);
  }
}

/** An object as the inspector names it. */
export type RemoteObject = CommandResult<"Runtime.evaluate">["result"];

/** Whether a list has nothing in it, which it tells without being asked. */
export function isEmpty({ description }: RemoteObject): boolean {
  return description === "Array(0)";
}

function isLocation(
  value: unknown,
): value is { scriptId: string; lineNumber: number; columnNumber: number } {
  return typeof value === "object" && value !== null && "scriptId" in value &&
    "lineNumber" in value && "columnNumber" in value;
}
