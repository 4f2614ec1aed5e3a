/**
 * Asks the frames of a paused isolate for words of shared memory.
 *
 * Invariant: nothing is evaluated that V8 does not know to be free of side effects, and no value of the memory is read.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../../cdp/inspector.ts";
import { route } from "../../cdp/sessions.ts";
import type { Word } from "./acquired_words.ts";

type CallFrame = Protocol.Debugger.CallFrame;
type Location = Protocol.Debugger.Location;

/** Which element of which memory an expression of the program means. */
export interface SharedWord {
  /** `Int32Array` or `BigInt64Array`. */
  readonly type: string;
  readonly index: number | null;
  readonly address: string;
  readonly bytes: number;
  /** Of the array, from the start of the buffer. */
  readonly byteOffset: number;
}

const GROUP = "unwedge-wait";
const ANSWER_MS = 2_000;

/** The frames of one pause. Released by {@linkcode release}. */
export class PausedFrames {
  readonly #inspector: Inspector;
  readonly #to: { readonly sessionId?: string; readonly timeoutMs: number };
  readonly #sources = new Map<string, string>();

  constructor(inspector: Inspector, sessionId: string | null) {
    this.#inspector = inspector;
    this.#to = { ...route(sessionId), timeoutMs: ANSWER_MS };
  }

  /** The text of a script; null where it is not told. */
  async textOf(scriptId: string): Promise<string | null> {
    const known = this.#sources.get(scriptId);
    if (known !== undefined) return known;
    const source = await this.#inspector.send("Debugger.getScriptSource", { scriptId }, this.#to);
    if (source.kind !== "ok") return null;
    this.#sources.set(scriptId, source.result.scriptSource);
    return source.result.scriptSource;
  }

  /** The word that two expressions of a frame mean; null where that cannot be told. */
  async wordAt(frame: CallFrame, word: Word): Promise<SharedWord | null> {
    const array = await this.#evaluate(frame, word.array, false);
    const index = await this.#evaluate(frame, word.index, true);
    const buffer = await this.#evaluate(frame, `(${word.array}).buffer`, false);
    const offset = await this.#evaluate(frame, `(${word.array}).byteOffset`, true);
    if (array?.subtype !== "typedarray" || buffer?.objectId === undefined) return null;
    const internal = await this.#internalsOf(buffer.objectId);
    const of = (key: string): unknown => internal.find(({ name }) => name === key)?.value?.value;
    const [address, bytes] = [of("[[ArrayBufferData]]"), of("[[ArrayBufferByteLength]]")];
    if (address === undefined) return null;
    return {
      type: array.className ?? "",
      index: typeof index?.value === "number" ? index.value : null,
      address: String(address),
      bytes: Number(bytes ?? 0),
      byteOffset: Number(offset?.value ?? 0),
    };
  }

  /** Whether an expression of a frame is the function that begins at a place. */
  async isFunction(frame: CallFrame, expression: string, begins: Location): Promise<boolean> {
    const found = await this.#evaluate(frame, expression, false);
    if (found?.type !== "function" || found.objectId === undefined) return false;
    const internal = await this.#internalsOf(found.objectId);
    const at: unknown = internal.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
    return typeof at === "object" && at !== null &&
      Reflect.get(at, "scriptId") === begins.scriptId &&
      Reflect.get(at, "lineNumber") === begins.lineNumber &&
      Reflect.get(at, "columnNumber") === begins.columnNumber;
  }

  /** Lets go of what was held for the answers. */
  async release(): Promise<void> {
    await this.#inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, this.#to);
  }

  async #evaluate(
    { callFrameId }: CallFrame,
    expression: string,
    returnByValue: boolean,
  ): Promise<Protocol.Runtime.RemoteObject | null> {
    const answer = await this.#inspector.send("Debugger.evaluateOnCallFrame", {
      callFrameId,
      expression,
      returnByValue,
      objectGroup: GROUP,
      silent: true,
      throwOnSideEffect: true,
    }, this.#to);
    return answer.kind === "ok" && answer.result.exceptionDetails === undefined
      ? answer.result.result
      : null;
  }

  async #internalsOf(
    objectId: string,
  ): Promise<readonly Protocol.Runtime.InternalPropertyDescriptor[]> {
    const found = await this.#inspector.send("Runtime.getProperties", {
      objectId,
      ownProperties: true,
    }, this.#to);
    return found.kind === "ok" ? found.result.internalProperties ?? [] : [];
  }
}
