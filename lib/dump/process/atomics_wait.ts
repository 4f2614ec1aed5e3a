/**
 * Which word of shared memory a paused isolate waits for in `Atomics.wait`: the source of the call tells which array and
 * which place, and V8 tells the address of the memory, which is one in all isolates.
 *
 * Invariant: nothing is evaluated that V8 does not know to be free of side effects, and no value of the memory is read.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../../cdp/inspector.ts";
import { route } from "../../cdp/sessions.ts";

/** A wait; null for what could not be told. */
export interface AtomicsWait {
  /** As the program calls it. */
  readonly array: string;
  /** `Int32Array` or `BigInt64Array`. */
  readonly type: string;
  readonly index: number | null;
  readonly address: string;
  readonly bytes: number;
  /** From the start of the buffer. */
  readonly byteOffset: number;
  readonly fn: string;
}

type CallFrame = Protocol.Debugger.CallFrame;

const GROUP = "unwedge-wait";
const ANSWER_MS = 2_000;
/** How far before the place of a call its name can begin: `Atomics` and a few blanks. */
const BEFORE = 20;

/** Null where the topmost frame is in no such call. */
export async function atomicsWait(
  inspector: Inspector,
  sessionId: string | null,
  frame: CallFrame | undefined,
): Promise<AtomicsWait | null> {
  if (frame === undefined) return null;
  const to = { ...route(sessionId), timeoutMs: ANSWER_MS };
  const { scriptId, lineNumber, columnNumber = 0 } = frame.location;
  const source = await inspector.send("Debugger.getScriptSource", { scriptId }, to);
  if (source.kind !== "ok") return null;
  const call = callAt(source.result.scriptSource, lineNumber, columnNumber);
  if (call === null) return null;
  const evaluate = async (expression: string, returnByValue: boolean) => {
    const answer = await inspector.send("Debugger.evaluateOnCallFrame", {
      callFrameId: frame.callFrameId,
      expression,
      returnByValue,
      objectGroup: GROUP,
      silent: true,
      throwOnSideEffect: true,
    }, to);
    return answer.kind === "ok" && answer.result.exceptionDetails === undefined
      ? answer.result.result
      : null;
  };
  try {
    const [array, index] = [await evaluate(call.array, false), await evaluate(call.index, true)];
    const buffer = await evaluate(`(${call.array}).buffer`, false);
    const offset = await evaluate(`(${call.array}).byteOffset`, true);
    if (array?.subtype !== "typedarray" || buffer?.objectId === undefined) return null;
    const found = await inspector.send("Runtime.getProperties", {
      objectId: buffer.objectId,
      ownProperties: true,
    }, to);
    const internal = found.kind === "ok" ? found.result.internalProperties ?? [] : [];
    const of = (key: string): unknown => internal.find(({ name }) => name === key)?.value?.value;
    const [address, bytes] = [of("[[ArrayBufferData]]"), of("[[ArrayBufferByteLength]]")];
    if (address === undefined) return null;
    return {
      array: /^[\w$.#]+$/.test(call.array) ? call.array : "",
      type: array.className ?? "",
      index: typeof index?.value === "number" ? index.value : null,
      address: String(address),
      bytes: Number(bytes ?? 0),
      byteOffset: Number(offset?.value ?? 0),
      fn: frame.functionName,
    };
  } finally {
    await inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, to);
  }
}

/** The first two arguments of a call of `Atomics.wait` at a place of a text; null when none is there. */
export function callAt(
  text: string,
  line: number,
  column: number,
): { readonly array: string; readonly index: string } | null {
  let start = 0;
  for (let n = 0; n < line; n++) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return null;
  }
  const at = start + column;
  const from = Math.max(0, at - BEFORE);
  const near = text.slice(from, at + 2 * BEFORE);
  const found = [...near.matchAll(/\bAtomics\s*\.\s*wait\s*\(/g)]
    .find(({ index, 0: match }) => from + index <= at && at <= from + index + match.length);
  if (found === undefined) return null;
  const parts = argumentsAt(text, from + found.index + found[0].length);
  const [array, index] = parts;
  return array === undefined || index === undefined ? null : { array, index };
}

/** The first two arguments, as text: up to the commas that are in no bracket. */
function argumentsAt(text: string, from: number): string[] {
  const found: string[] = [];
  let [depth, start] = [0, from];
  for (let at = from; at < text.length && found.length < 2; at++) {
    const char = text[at] ?? "";
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char) && --depth < 0) break;
    else if (char === "," && depth === 0) {
      found.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return found;
}
