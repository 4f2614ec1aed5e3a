/** What is open in an isolate and may keep its process. Times in milliseconds. @module */

import { z } from "zod";
import { positionSchema } from "./position.ts";
import type { Read } from "./read.ts";

const ms = z.number();

// The isolate that has it; absent for main.
const inIsolate = { isolate: z.string().exactOptional() };

// The one place in the program's code that makes such a thing; absent where there are several, or it cannot be told.
const wasOpened = { opened: positionSchema.exactOptional() };

/** A function of the program that is called for something; `at` is where it begins. */
const listenerSchema = z.object({ fn: z.string().nullable(), at: positionSchema.nullable() });

/** Something that is open in an idle isolate. */
export const handleSchema = z.discriminatedUnion("kind", [
  // A timer that keeps the process; `at` is where the function that it calls begins.
  z.object({
    kind: z.literal("timer"),
    repeats: z.boolean(),
    ms,
    ...listenerSchema.shape,
    ...wasOpened,
    ...inIsolate,
  }),
  // An object of the program's by its class: a BroadcastChannel with its name, a WebSocket, a Worker, a server of Node's.
  z.object({
    kind: z.literal("object"),
    type: z.string(),
    name: z.string().nullable(),
    // Of a Worker `running`, `ended` or `terminated`; of others in the words of their class. Null when there are none.
    state: z.string().nullable(),
    // The isolate of a Worker, where that is known.
    worker: z.string().exactOptional(),
    listeners: z.array(z.object({ event: z.string(), ...listenerSchema.shape })),
    ...wasOpened,
    ...inIsolate,
  }),
  // A handler of a signal that was set with process.on.
  z.object({ kind: z.literal("signal"), name: z.string(), ...listenerSchema.shape, ...inIsolate }),
  // By node's name: it keeps the process.
  z.object({ kind: z.literal("node-handle"), name: z.string(), ...inIsolate }),
  // By Deno's name: it may keep the process, or not.
  z.object({ kind: z.literal("resource"), name: z.string(), ...inIsolate }),
]);

/** Something that is open in an idle isolate. */
export type OpenHandle = Read<typeof handleSchema>;
