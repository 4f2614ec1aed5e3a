/** Two actors that wait for each other's answer. @module */

import { countParam, defineScenario, Lock, openActorNursery, openNursery, sleep } from "../mod.ts";

export default defineScenario({
  name: "rpc-cycle",
  summary: "the parent waits for its child's answer, and the child for the parent's",
  story:
    "A bank transfer holds the ledger's lock while it has a child audit the books. The child cannot answer without the " +
    "balance and asks the parent for it, whose handler needs the same lock: the transfer waits for the audit, the audit " +
    "for the balance, the balance for the transfer. All are idle, none is dead, and it never ends. No " +
    "remedy of a runtime can know which of the three should give way: the program is wrong. A cancel works, for every " +
    "one of the waits can be cancelled. Its fixed twin releases the lock before it asks: --set lockWhileAsking=0.",
  params: {
    lockWhileAsking: countParam(
      1,
      "1: hold the ledger's lock during the audit; 0: let go of it first",
      {
        max: 1,
      },
    ),
  },
  expected: {
    verdict: "hung",
    class: "wait-cycle",
    owner: "program",
    ctrlC: "unwedges",
    proven: true,
  },
  fixedBy: [],
  async run({ settleMs, params, note }) {
    const ledger = new Lock("ledger");
    await openNursery(async (work) => {
      await openActorNursery(async (actors) => {
        const auditor = await actors.startActor("auditor", {
          module: import.meta.resolve("../fixtures/children/auditor.ts"),
          expose: { balance: () => ledger.with(() => 42) },
        });
        work.spawn(async () => {
          const audit = () => auditor.run("audit");
          if (params.lockWhileAsking === 0) await ledger.with(() => {});
          note(String(await (params.lockWhileAsking === 1 ? ledger.with(audit) : audit())));
          // The last thing that anybody wants of it.
          await auditor.cancelActor("the books are checked");
        }, "transfer");
        await sleep(settleMs);
      }, { atEnd: "wait" });
    });
  },
});
