/** The actor of random programs: what it does, the seed of the call says. @module */

import {
  CancelScope,
  hangUp,
  Lock,
  parentPortal,
  type ServedContext,
  sleep,
  sleepForever,
} from "../../../mod.ts";
import { seeded } from "../../../tests/support/random.ts";

const lock = new Lock("of the child");

/** Does something, or nothing, forever. */
export async function work(seed: number): Promise<number> {
  const random = seeded(seed);
  const askBack = async () => {
    await parentPortal().run("back", random.below(2 ** 31));
  };
  switch (random.below(10)) {
    case 0:
      self.close();
      await sleepForever();
      break;
    case 1:
      hangUp();
      await sleepForever();
      break;
    case 2:
      await sleepForever();
      break;
    case 3:
      await new CancelScope({ shield: true }).run(() => sleepForever());
      break;
    case 4:
      await new CancelScope({ shield: true }).run(() => sleep(random.below(200)));
      break;
    case 5:
      await lock.with(askBack);
      break;
    case 6:
      compute(random.below(150));
      break;
    case 7:
      await askBack();
      await sleep(random.below(60));
      break;
    default:
      await askBack();
  }
  return seed;
}

/** Sends more than a window holds, or dies on the way. */
export async function stream(context: ServedContext, seed: number): Promise<void> {
  const random = seeded(seed);
  context.started();
  const diesAt = random.chance(30) ? random.below(300) : -1;
  for (let value = 0; value < 600; value++) {
    if (value === diesAt) self.close();
    await context.send(value);
    if (value % 100 === 0) await sleep(random.below(15));
  }
}

/** Keeps the isolate from turning for some milliseconds. */
function compute(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
