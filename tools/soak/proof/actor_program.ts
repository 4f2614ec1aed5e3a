/**
 * A random program of several actors: calls in both directions, locks, timers, deaths, hang-ups, cancels, shields. A
 * scenario, so that it runs under the same eyes as any other: `repro tools/soak/proof/actor_program.ts --set
 * program=7`.
 *
 * @module
 */

import {
  CancelScope,
  countParam,
  defineScenario,
  Lock,
  moveOnAfter,
  openActorNursery,
  openNursery,
  type Portal,
  sleep,
  sleepForever,
} from "../../../mod.ts";
import { seeded } from "../../../tests/support/random.ts";

const TASKS = 3;

export default defineScenario({
  name: "actor-program",
  summary: "a random program of several actors",
  story: "Made at random, to hold the prover against: some of them hang.",
  params: { program: countParam(1, "which one", { max: 4_000_000_000 }) },
  expected: { verdict: "finished", class: null, owner: null, ctrlC: "not-needed" },
  fixedBy: [],
  timing: { settleMs: 20, softKillMs: 60, hardKillMs: 60, deadlineMs: 900 },
  async run({ settleMs, params }) {
    const random = seeded(params.program);
    const module = import.meta.resolve("./actor_child.ts");
    const lock = new Lock("books");
    const back = async (seed: number) => {
      const random = seeded(seed);
      if (random.chance(50)) await lock.with(() => sleep(random.below(10)));
      if (random.chance(10)) await sleepForever();
      return seed;
    };
    const use = async (portal: Portal, seed: number) => {
      const random = seeded(seed);
      const call = () => portal.run("work", random.below(2 ** 31));
      switch (random.below(6)) {
        case 0:
          return await lock.with(call);
        case 1:
          return await moveOnAfter(random.below(60), call);
        case 2:
          return await new CancelScope({ shield: true }).run(call);
        case 3:
          await sleep(random.below(40));
          return await call();
        case 4:
          return await portal.openContext("stream", [random.below(2 ** 31)], async (context) => {
            for await (const _ of context) if (random.chance(10)) break;
          });
        default:
          return await call();
      }
    };
    await openNursery(async (work) => {
      await openActorNursery(async (actors) => {
        for (let child = 0; child < 1 + random.below(2); child++) {
          const portal = await actors.startActor(`child-${child}`, { module, expose: { back } });
          for (let n = 0; n < 1 + random.below(TASKS); n++) {
            const seed = random.below(2 ** 31);
            work.spawn(async () => {
              try {
                await use(portal, seed);
              } finally {
                if (seed % 3 > 0) await portal.cancelActor("a user of it has ended");
              }
            }, `use of child-${child}`);
          }
        }
        await sleep(settleMs);
        if (random.chance(50)) actors.cancel("the program is over");
      }, { atEnd: "wait" });
    });
  },
});
