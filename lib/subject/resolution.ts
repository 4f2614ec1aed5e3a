/**
 * What the imports of a program lead to, as the subject's own process resolves them: an import map can put any file in
 * the place of any other, so what a specifier looks like says nothing. Deno itself is asked (`deno info`), from where it
 * finds the configuration that it found for the subject. It takes some 25 ms.
 *
 * @module
 */

import type { Resolve } from "../diagnose/proof/foreign.ts";
import { errorMessage } from "../protocol/error_message.ts";
import { OWN_FLAGS } from "../protocol/own_code.ts";

/** What was learnt. */
export type Resolution =
  | { readonly kind: "known"; readonly resolve: Resolve }
  | { readonly kind: "unknown"; readonly why: string };

/** Deno reads files and its cache only; longer than this it waits for a network. */
const BOUND_MS = 5_000;

interface Dependency {
  readonly specifier: string;
  /** Absent for what only types are taken from. */
  readonly code?: { readonly specifier?: string };
}

/** The parts of what `deno info --json` prints that are read here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
  readonly redirects?: Readonly<Record<string, string>>;
}

/**
 * Resolves modules and everything that they import.
 *
 * @param modules URLs, as the subject imports them
 * @param entry the main module of the subject: Deno looks for its configuration there, or, when that is no file, in the
 * working directory, which is the subject's too
 */
export async function resolution(modules: readonly string[], entry: URL): Promise<Resolution> {
  try {
    const root = modules.map((module) => `import ${JSON.stringify(module)};`).join("\n");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "info",
        "--json",
        ...OWN_FLAGS.length > 0 ? OWN_FLAGS : ["--no-lock"],
        `data:application/typescript,${encodeURIComponent(root)}`,
      ],
      ...entry.protocol === "file:" ? { cwd: new URL(".", entry) } : {},
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(BOUND_MS),
    }).output();
    const decoder = new TextDecoder();
    if (code !== 0) return unknown(decoder.decode(stderr).trim().split("\n")[0] ?? "");
    return resolutionOf(JSON.parse(decoder.decode(stdout)));
  } catch (error) {
    return unknown(errorMessage(error));
  }
}

function unknown(why: string): Resolution {
  return { kind: "unknown", why: `what the program imports could not be resolved: ${why}` };
}

/** From what `deno info` printed about a module that imports the others. */
function resolutionOf({ modules, redirects = {} }: Info): Resolution {
  const targets = new Map(
    modules.map(({ specifier, dependencies = [] }) => [
      specifier,
      new Map(dependencies.map(({ specifier, code }) => [specifier, targetOf(code, redirects)])),
    ]),
  );
  const root = modules.find(({ specifier }) => specifier.startsWith("data:"))?.specifier ?? "";
  return {
    kind: "known",
    resolve: (specifier, referrer) => targets.get(referrer ?? root)?.get(specifier) ?? null,
  };
}

function targetOf(
  code: Dependency["code"],
  redirects: Readonly<Record<string, string>>,
): ReturnType<Resolve> {
  if (code === undefined) return "only types";
  const { specifier } = code;
  return specifier === undefined ? null : { url: redirects[specifier] ?? specifier };
}
