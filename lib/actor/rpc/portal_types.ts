/**
 * What a portal knows of the module behind it, when it is told: `Portal<typeof import("./worker.ts")>`. All of it is
 * gone when the program runs, and nothing here looks at what really crosses.
 *
 * @module
 */

import type { StreamSide } from "./context.ts";
import type { Functions } from "./served.ts";

/**
 * Names of the functions that `run` may call: the exports of the module that do not ask for a context. Without a
 * module, any name.
 */
export type RunName<M extends object = Functions> =
  & string
  & {
    [K in keyof M]: NonNullable<M[K]> extends (first: infer C, ...rest: infer _) => unknown
      ? C extends StreamSide ? never : K
      : never;
  }[keyof M];

/**
 * Names of the functions that `openContext` may call: the exports whose first parameter is a `ServedContext`. Without a
 * module, any name.
 */
export type ContextName<M extends object = Functions> =
  & string
  & {
    [K in keyof M]: NonNullable<M[K]> extends (first: infer C, ...rest: infer _) => unknown
      ? C extends StreamSide ? K : never
      : never;
  }[keyof M];

/** What a function of the module takes. */
export type RunArgs<M extends object, K extends keyof M> = NonNullable<M[K]> extends
  (...args: infer A) => unknown ? A : never;

/** What a function for a context takes after its context. */
export type ContextArgs<M extends object, K extends keyof M> = NonNullable<M[K]> extends
  (context: infer _, ...args: infer A) => unknown ? Readonly<A> : readonly never[];

/** A function of the module and what it takes; one of several when `K` names several. */
export type RunCall<M extends object, K extends RunName<M>> = {
  [N in K]: [fn: N, ...args: RunArgs<M, N>];
}[K];

/** What a function of the module returns, awaited. */
export type Returned<M extends object, K extends keyof M> = {
  [N in K]: NonNullable<M[N]> extends (...args: never[]) => infer R ? Awaited<R> : never;
}[K];
