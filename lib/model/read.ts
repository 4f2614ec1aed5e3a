/** The type of a document as code sees it: what its schema yields, read-only through and through. @module */

import type { z } from "zod";

type DeepReadonly<T> = T extends readonly (infer Item)[] ? readonly DeepReadonly<Item>[]
  : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
  : T;

/** What a value that a schema has accepted is. */
export type Read<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;
