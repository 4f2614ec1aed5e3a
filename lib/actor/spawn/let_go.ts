/**
 * What the remedies do to a conversation that nobody carries on any more. Each is done by the runtime when the remedy is
 * on, or later by hand (`operate.ts`), and it is the same thing in both cases.
 *
 * Invariant: nothing is done, and nothing is written down, when the conversation is over already.
 *
 * @module
 */

import { BrokenResourceError } from "../errors.ts";
import { observe } from "../identity.ts";
import type { Link } from "../rpc/link.ts";

/** Who had something done: the runtime, because the remedy is on, or somebody outside. */
export type By = "runtime" | "operator";

/** The mark of what was done by hand in a journal record. */
export function byHand(by: By): { readonly by?: "operator" } {
  return by === "operator" ? { by } : {};
}

/** `channel-abort`: breaks this end. Answers whether there was anything to break. */
export function abortConversation(link: Link, why: string, by: By = "runtime"): boolean {
  if (link.done.isSet) return false;
  const { path } = link.peer;
  observe({
    kind: "remedy",
    remedy: "channel-abort",
    peer: path,
    did: "broke this end of its channel",
    ...byHand(by),
  });
  link.channel.abort(new BrokenResourceError(`channel to ${path} aborted: ${why}`));
  return true;
}

/** `cancel-peer-tasks`: cancels the loop. Answers whether there was one to cancel. */
export function cancelConversation(link: Link, why: string, by: By = "runtime"): boolean {
  if (link.done.isSet) return false;
  observe({
    kind: "remedy",
    remedy: "cancel-peer-tasks",
    peer: link.peer.path,
    did: "cancelled the tasks bound to its channel",
    ...byHand(by),
  });
  link.loopScope.cancel(why);
  return true;
}

/** `bounded-join`: gives up waiting for the loop. */
export function giveUpJoin(link: Link, after: string, by: By = "runtime"): void {
  observe({
    kind: "remedy",
    remedy: "bounded-join",
    peer: link.peer.path,
    did: `gave up joining its message loop${after} and cancelled it`,
    ...byHand(by),
  });
  link.loopScope.cancel("bounded join ran out", "deadline");
}
