/**
 * What a spare worker does before it is ready: a conversation with itself, by the code that an actor's start runs. It
 * leaves nothing behind: its tasks have ended, its channels are closed, its lock is free.
 *
 * @module
 */

import { MessageChannel, randomUUID } from "../../protocol/platform.ts";
import { setActorPath } from "../identity.ts";
import { locks } from "../life_lock.ts";
import { openNursery } from "../nursery.ts";
import { hold } from "../park.ts";
import { Link } from "../rpc/link.ts";
import { run } from "../run.ts";
import { Channel } from "../wire/channel.ts";
import { SPARE_NAME } from "./spares.ts";

/** More make no difference that can be measured. */
const CALLS = 20;

/** Rehearses the start of an actor. */
export async function rehearse(): Promise<void> {
  // For a dump of a worker that waits for its actor.
  setActorPath(SPARE_NAME);
  await locks.request(`${SPARE_NAME}:${randomUUID()}`, () => {});
  await run(converse, { name: SPARE_NAME, handleSigint: false });
}

async function converse(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const [near, far] = [port1, port2].map((port) =>
    new Link(new Channel(port, { path: SPARE_NAME, state: "alive" }), {})
  );
  if (near === undefined || far === undefined) return;
  await openNursery(async (service) => {
    for (const link of [near, far]) {
      link.channel.opened();
      service.spawn(() => link.processMessages());
    }
    await openNursery(async (calls) => {
      far.serve({ echo: (value: unknown) => value }, calls);
      for (let call = 0; call < CALLS; call++) {
        await near.run("echo", [await hold(Promise.resolve(call), "rehearsal")]);
      }
    });
    for (const link of [near, far]) {
      link.channel.send({ kind: "bye" });
      link.channel.flush();
    }
  });
}
