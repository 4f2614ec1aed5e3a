/**
 * What the remedies do to the conversation with a peer that was ended by force or given up. Each is done by the runtime
 * when the remedy is on, or later by hand (`manual_remedies.ts`), and it is the same thing in both cases.
 *
 * Invariant: when the conversation is over already, nothing is done and nothing is written down.
 *
 * @module
 */

import { BrokenResourceError } from "../errors.ts";
import { type Applied, observeRemedy } from "../identity.ts";
import type { Link } from "../rpc/link.ts";

/** `channel-abort`: breaks this end. Answers whether there was anything to break. */
export function abortChannel(link: Link, why: string, by: Applied = "runtime"): boolean {
  if (link.done.isSet) return false;
  const { path } = link.peer;
  observeRemedy("channel-abort", path, "broke this end of its channel", by);
  link.channel.abort(new BrokenResourceError(`channel to ${path} aborted: ${why}`));
  return true;
}

/** `cancel-peer-tasks`: cancels the message loop. Answers whether there was one to cancel. */
export function cancelPeerTasks(link: Link, why: string, by: Applied = "runtime"): boolean {
  if (link.done.isSet) return false;
  const did = "cancelled the tasks bound to its channel";
  observeRemedy("cancel-peer-tasks", link.peer.path, did, by);
  link.loopScope.cancel(why);
  return true;
}

/** `bounded-join`: gives up waiting for the message loop. */
export function giveUpJoin(link: Link, after: string, by: Applied = "runtime"): void {
  const did = `gave up joining its message loop${after} and cancelled it`;
  observeRemedy("bounded-join", link.peer.path, did, by);
  link.loopScope.cancel("bounded join ran out", "deadline");
}
