/**
 * What the compiler says to calls through a typed portal. The assertions are the annotations: one that finds no error
 * is an error, so a check that is lost fails the type check. What runs here shows that the same calls work.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { converse } from "../../../tests/support/rpc_testing.ts";
import { testInRun } from "../../../tests/support/runtime_testing.ts";
import type { ActorNursery } from "../spawn/actor_nursery.ts";
import { parentPortal } from "../spawn/self.ts";
import type { ServedContext } from "./context.ts";
import type { Portal } from "./portal.ts";
import { RemoteActorError } from "../wire/remote_error.ts";

/** An interface, which has no index signature. */
interface Point {
  readonly x: number;
  readonly y?: number;
}

const worker = {
  add: (a: number, b = 1): number => a + b,
  later: (text: string): Promise<string> => Promise.resolve(text),
  move: (point: Point): Point => ({ ...point, x: point.x + 1 }),
  same: <T>(value: T): T => value,
  loose: (...all: unknown[]): number => all.length,
  count: async (context: ServedContext, to: number): Promise<number> => {
    context.started(to);
    for (let n = 0; n < to; n++) await context.send(n);
    return to;
  },
  either: (context?: ServedContext): boolean => {
    context?.started();
    return context !== undefined;
  },
  LIMIT: 7,
};
type Worker = typeof worker;

async function typed(work: (portal: Portal<Worker>) => Promise<void>): Promise<void> {
  const { LIMIT: _, ...functions } = worker;
  await converse(functions, ({ portal }) => work(portal));
}

testInRun("Portal.run of a typed portal checks name, arguments and result", async () => {
  await typed(async (portal) => {
    const sum: number = await portal.run("add", 1, 2);
    assertEquals(sum, 3);
    assertEquals(await portal.run("add", 1), 2);
    const text: string = await portal.run("later", "x");
    assertEquals(text, "x");
    const point: Point = { x: 1 };
    const moved: Point = await portal.run("move", point);
    assertEquals(moved, { x: 2 });
    assertEquals(await portal.run("loose", 1, "2", null), 3);
    const unknown: unknown = await portal.run("same", 1);
    assertEquals(unknown, 1);

    // @ts-expect-error the module exports no such function
    await assertRejects(() => portal.run("subtract", 1, 2), RemoteActorError);
    // @ts-expect-error it is no function
    await assertRejects(() => portal.run("LIMIT"), RemoteActorError);
    // @ts-expect-error the first argument is a number
    assertEquals(await portal.run("add", "1", 2), "12");
    // @ts-expect-error it takes two arguments
    assertEquals(await portal.run("add", 1, 2, 3), 3);
    // @ts-expect-error it takes at least one
    assertEquals(await portal.run("add"), NaN);
    // @ts-expect-error a part of the argument is missing
    assertEquals(await portal.run("move", {}), { x: NaN });
    // @ts-expect-error the result is a number
    const wrong: string = await portal.run("add", 1, 2);
    assertEquals<unknown>(wrong, 3);
    // @ts-expect-error a function for a context is not for run
    await assertRejects(() => portal.run("count", 3), RemoteActorError);
  });
});

testInRun(
  "Portal.openContext of a typed portal takes the functions for contexts alone",
  async () => {
    await typed(async (portal) => {
      await portal.openContext("count", [2], async (context, first) => {
        assertEquals<unknown>(first, 2);
        const values: unknown[] = [];
        for await (const value of context) values.push(value);
        assertEquals(values, [0, 1]);
        const total: number = await context.result();
        assertEquals(total, 2);
        // @ts-expect-error the result is a number
        const wrong: string = await context.result();
        assertEquals<unknown>(wrong, 2);
      });
      assertEquals(await portal.run("either"), false);
      await portal.openContext("either", [], async (context) => {
        assertEquals(await context.result(), true);
      });
      // @ts-expect-error it takes no context
      await assertRejects(() => portal.openContext("add", [1, 2], () => {}), RemoteActorError);
      // @ts-expect-error the argument is a number
      await portal.openContext("count", ["0"], () => {});
      // @ts-expect-error it takes one argument
      await portal.openContext("count", [1, 2], () => {});
    });
  },
);

testInRun("Portal without a module takes any name, and its values are unknown", async () => {
  await typed(async (portal) => {
    // A function that calls anything takes a portal to something.
    const plain: Portal = portal;
    const result = await plain.run("add", 1, 2);
    // @ts-expect-error it is unknown
    const sum: number = result;
    assertEquals(sum, 3);
    await assertRejects(() => plain.run("no such function"), RemoteActorError);
    await plain.openContext("count", [0], async (context) => {
      assertEquals<unknown>(await context.result(), 0);
    });
  });
});

/** Never called: the types of what starts an actor. */
export async function startTyped(actors: ActorNursery): Promise<void> {
  const options = { module: "" };
  const portal = await actors.startActor<Worker>("worker", options);
  const sum: number = await portal.run("add", 1);
  // @ts-expect-error the module exports no such function
  await portal.run("subtract", sum);

  await actors.runInActor<Worker>("worker", options, "add", 1, 2);
  const result: number = await (await actors.runInActor<Worker, "add">("w", options, "add", 1))
    .result();
  // @ts-expect-error the module exports no such function
  await actors.runInActor<Worker>("worker", options, "subtract", result);
  // @ts-expect-error the first argument is a number
  await actors.runInActor<Worker>("worker", options, "add", "1");
  // @ts-expect-error a context is not for a call without one
  await actors.runInActor<Worker>("worker", options, "count", 1);

  const loose: unknown = await (await actors.runInActor("w", options, "anything", {})).result();
  // @ts-expect-error the parent serves no such function
  await parentPortal<Worker>().run("subtract", loose);
}
