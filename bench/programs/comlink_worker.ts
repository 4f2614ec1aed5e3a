/** The echo as Comlink serves it. @module */

import { expose } from "npm:comlink@4.4.2";

/** What it serves. */
export const api = {
  echo: (value: unknown): unknown => value,
};

expose(api);
