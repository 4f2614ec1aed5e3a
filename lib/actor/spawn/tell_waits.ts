/** Has an actor tell its journal how it stands whenever nothing moves in it. @module */

import { leaveOutPauses } from "../pauses.ts";
import { watchQuiet } from "../quiet.ts";
import { servedTasks } from "../rpc/served.ts";
import { unseenSources, watchUnseen } from "../unseen.ts";
import { addWaitsSources } from "../waits.ts";
import { channelCounts, rememberChannels } from "../wire/channel.ts";

/**
 * Begins. To be called before the first channel of this isolate is made, for its messages are counted, and not before
 * `watchUnseen()` where code of the program runs earlier.
 *
 * @param journalPath the journal that this isolate writes
 */
export function tellWaits(journalPath: string): void {
  leaveOutPauses(journalPath);
  watchUnseen();
  rememberChannels();
  addWaitsSources({
    channels: channelCounts,
    unseen: unseenSources,
    serves: (task) => servedTasks.get(task) ?? null,
  });
  watchQuiet();
}
