/**
 * Which names the message handlers of Deno's workers use that have ended: what only their messages would settle is kept
 * under one of them.
 *
 * Only for an idle main, after its heap has been read. No code of the program runs for it, and
 * nothing is held when this returns.
 *
 * @module
 */

import type { Inspector } from "../cdp/inspector.ts";

const GROUP = "unwedge-workers";
/** More of them say nothing to anybody. */
const MOST_NAMES = 500;

const PROTOTYPE = "typeof Worker === 'function' ? Worker.prototype : undefined";

/** Names alone, and no text of the program. Deno keeps listeners under a symbol of its own. */
const NAMES = `function () {
  const textOf = Function.prototype.toString;
  return this.map((worker) => {
    const names = new Set();
    for (const symbol of Object.getOwnPropertySymbols(worker)) {
      const listeners = worker[symbol]?.listeners?.message;
      if (!Array.isArray(listeners)) continue;
      for (const { callback } of listeners) {
        for (const each of [callback, callback?.handler]) {
          if (typeof each !== "function") continue;
          for (const name of textOf.call(each).match(/[A-Za-z_$][\\w$]*/g) ?? []) names.add(name);
        }
      }
    }
    return [...names].slice(0, ${MOST_NAMES});
  });
}`;

/**
 * The names, by worker; empty where there is none, or main did not answer.
 *
 * @param inspector that of a process of which no worker's thread is left
 */
export async function endedWorkers(inspector: Inspector, timeoutMs: number): Promise<string[][]> {
  const bound = { timeoutMs };
  const prototype = await inspector.send("Runtime.evaluate", {
    ...{ expression: PROTOTYPE, objectGroup: GROUP, silent: true, disableBreaks: true },
  }, bound);
  const prototypeObjectId = prototype.kind === "ok" ? prototype.result.result.objectId : undefined;
  if (prototypeObjectId === undefined) return [];
  const found = await inspector.send("Runtime.queryObjects", {
    ...{ prototypeObjectId, objectGroup: GROUP },
  }, bound);
  const objectId = found.kind === "ok" ? found.result.objects.objectId : undefined;
  if (objectId === undefined) return [];
  const names = await inspector.send("Runtime.callFunctionOn", {
    ...{ objectId, functionDeclaration: NAMES, returnByValue: true, silent: true },
  }, bound);
  await inspector.send("Runtime.releaseObjectGroup", { objectGroup: GROUP }, bound);
  const value: unknown = names.kind === "ok" ? names.result.result.value : null;
  if (!Array.isArray(value)) return [];
  return value.map((each: unknown) => Array.isArray(each) ? each.map(String) : []);
}
