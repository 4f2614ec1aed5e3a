/**
 * Asks a live isolate for the parameters and locals of its suspended functions, where that was asked for. No code of the
 * program runs for it: of an object its class is told, and nothing that is in it.
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";
import type { Inspector } from "../cdp/inspector.ts";
import { route } from "../cdp/sessions.ts";
import type { LocalValue } from "../model/await_node.ts";
import { ANSWER_MS, askEach, objectOf } from "./locate.ts";

/** Characters of one value. */
const LONGEST = 80;
/** Values of one function. */
const MOST = 20;
/** Scopes of the function itself; those of the code around it come after them. */
const OWN_SCOPE = /^(?:Block|Catch|With Block|Local)\b/;

/** Asks for the functions with these ids; see {@linkcode askEach}. */
export function localValues(
  inspector: Inspector,
  sessionId: string | null,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly LocalValue[]>> {
  return askEach(inspector, sessionId, ids, valuesOf);
}

async function valuesOf(
  inspector: Inspector,
  sessionId: string | null,
  id: number,
): Promise<readonly LocalValue[] | null> {
  const read = async (objectId: string | undefined) => {
    if (objectId === undefined) return null;
    const to = { ...route(sessionId), timeoutMs: ANSWER_MS };
    const params = { objectId, ownProperties: true };
    const answer = await inspector.send("Runtime.getProperties", params, to);
    return answer.kind === "ok" ? answer.result : null;
  };
  const internal = (await read(await objectOf(inspector, sessionId, id)))?.internalProperties;
  const list = internal?.find(({ name }) => name === "[[Scopes]]")?.value?.objectId;
  const own: LocalValue[] = [];
  for (const { value } of (await read(list))?.result ?? []) {
    if (value === undefined || !OWN_SCOPE.test(value.description ?? "")) break;
    for (const local of (await read(value.objectId))?.result ?? []) {
      if (local.value === undefined || own.length >= MOST) continue;
      own.push({ name: local.name, text: valueText(local.value) });
    }
  }
  return own.length === 0 ? null : own;
}

/** A value in a few characters. */
export function valueText(
  { type, subtype, value, className, description, unserializableValue }: Pick<
    Protocol.Runtime.RemoteObject,
    "type" | "subtype" | "value" | "className" | "description" | "unserializableValue"
  >,
): string {
  if (type === "string") return clipped(JSON.stringify(String(value).slice(0, LONGEST + 1)));
  if (subtype === "null" || type === "undefined") return subtype ?? type;
  if (type === "object" || type === "function") return clipped(className ?? type);
  return clipped(unserializableValue ?? description ?? String(value));
}

function clipped(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
