/** What the supervisor of a child waits for while the child lives. @module */

import { textOf } from "../../protocol/text.ts";
import { CancelScope } from "../cancel_scope.ts";
import { causeOf, newReason } from "../errors.ts";
import type { Slot } from "../event.ts";
import { openNursery } from "../nursery.ts";
import type { SiteCapture } from "../site.ts";
import type { WireValue } from "../wire/frame.ts";
import type { Child } from "./child.ts";

/** The one call of a `runInActor` child. */
export interface MainCall {
  readonly fn: string;
  readonly args: readonly WireValue[];
  readonly result: Slot<WireValue>;
  /** Where it was asked for. */
  readonly site: SiteCapture;
}

/**
 * Parks under a shield until there is something to do for the child, then without one until it shall end.
 *
 * @param nursery name of the actor nursery, for the reason of the end
 */
export async function awaitOrders(
  child: Child,
  main: MainCall | null,
  nursery: string,
): Promise<void> {
  const endWanted = async () => {
    await new CancelScope({ shield: true, name: `orders for ${child.peer.path}` })
      .run(() => child.orders.wait());
    if (!child.endWanted.isSet) await child.endWanted.wait();
  };
  if (main === null) return await endWanted();
  const { fn, args, result, site } = main;
  // The answer is waited for beside the orders, until the child shall end.
  await openNursery(async (both) => {
    both.spawn(async () => {
      try {
        result.fill(await child.link.run(fn, args, site, child.bounds.softKillMs));
        child.wantEnd(newReason("shutdown", "its answer is in", nursery));
      } catch (error) {
        result.fail(error instanceof Error ? error : new Error(textOf(error)));
        // The wait for orders is shielded: it would not hear of the failure.
        child.wantEnd(causeOf(error, fn, nursery));
        throw error;
      }
    }, `answer of ${fn}`);
    await endWanted();
    both.cancelScope.cancel("the child shall end");
  }, { name: `answer of ${fn}` });
}
