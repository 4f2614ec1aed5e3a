/**
 * The types of `parseArgs`: what may be declared, and what the result of a declaration is.
 *
 * @module
 */

/** One name or several. */
export type Names = string | readonly string[];

/** What {@linkcode parseArgs} can be told. */
export interface ParseOptions {
  /** Gives the words after `--` a place of their own, `"--"`, in place of the end of `_`. */
  readonly "--"?: boolean;
  /** Other names of a name. */
  readonly alias?: Readonly<Record<string, Names>>;
  /** Names that take no value; `true` makes flags of all long options without `=`. They are false when absent. */
  readonly boolean?: boolean | Names;
  /** Names that may come several times and make an array. */
  readonly collect?: Names;
  /** Values of what is not given. */
  readonly default?: Readonly<Record<string, unknown>>;
  /** Names for which `--no-name` means false. */
  readonly negatable?: Names;
  /** Everything after the first operand is an operand. */
  readonly stopEarly?: boolean;
  /** Names whose value is never made a number; `_` stands for the operands. */
  readonly string?: Names;
  /** Called with each word that is not declared; false drops it. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The names of one declaration, where they are literals. */
type Literal<T> = T extends readonly (infer N)[] ? Literal<N>
  : T extends string ? (string extends T ? never : T)
  : never;

type Field<O, K extends keyof ParseOptions> = O extends { readonly [P in K]: infer V } ? V
  : undefined;

type Booleans<O> = Literal<Field<O, "boolean">>;
type Strings<O> = Literal<Field<O, "string">>;
type Collected<O> = Literal<Field<O, "collect">>;
type Negatable<O> = Literal<Field<O, "negatable">>;

/** What `--no-name` adds to the type of `name`. */
type Negated<O, K> = K extends Negatable<O> ? false : never;

/** The defaults, with literal types widened: `default: { n: 3 }` does not make 3 the only value. */
type Default<O, K> = Field<O, "default"> extends infer D
  ? K extends keyof D ? Widen<D[K]> : undefined
  : undefined;
type Widen<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean
: T;

type Declared<O> =
  & { [K in Exclude<Booleans<O>, Collected<O>>]: boolean | Exclude<Default<O, K>, undefined> }
  & { [K in Extract<Booleans<O>, Collected<O>>]: boolean[] | Exclude<Default<O, K>, undefined> }
  & {
    [K in Exclude<Strings<O>, Collected<O> | "_">]: undefined extends Default<O, K>
      ? string | Negated<O, K> | undefined
      : string | Negated<O, K> | Default<O, K>;
  }
  & {
    [K in Extract<Strings<O>, Collected<O>>]:
      | string[]
      | Negated<O, K>
      | Exclude<Default<O, K>, undefined>;
  }
  & { [K in Exclude<Collected<O>, Strings<O> | Booleans<O>>]: unknown[] | Negated<O, K> };

/** The other names of `K`, and `K` itself. */
type WithAliases<O, K> = Field<O, "alias"> extends infer A
  ? K | (K extends keyof A ? Literal<A[K]> : never)
  : K;

type Typed<O> = { [K in keyof Declared<O> as WithAliases<O, K> & string]: Declared<O>[K] };

/** What is not declared: of any type where nothing is declared at all, as in `@std/cli`. */
type Undeclared<O> = [Booleans<O> | Strings<O> | Collected<O>] extends [never]
  // deno-lint-ignore no-explicit-any -- documented: "the return type will have an index signature with `any`"
  ? Record<string, any>
  : Record<string, unknown>;

/** The result of {@linkcode parseArgs} under the declarations `O`. */
export type Args<O = Record<never, never>> =
  & Undeclared<O>
  & Typed<O>
  & { _: (string | number)[] }
  & (Field<O, "--"> extends true ? { "--": string[] } : { "--"?: string[] });
