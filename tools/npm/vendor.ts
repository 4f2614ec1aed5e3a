/**
 * Makes what the npm package has in place of libraries that it would depend on: each as one file in `vendor/`, and an
 * import map that leads there. So Deno finds them without a registry and wherever the package manager has put what.
 * `npm pack` runs this before, and with `--remove` after.
 *
 * Rejected: Deno's resolution by node_modules, with which it runs no TypeScript there.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const VENDOR = new URL("vendor/", ROOT);

/** Names that can be exported again; a bundler and Deno do not agree on what the default of CommonJS is. */
const IDENTIFIER = /^(?!default$|__esModule$)[A-Za-z_$][\w$]*$/;

remove();
if (!Deno.args.includes("--remove")) await vendor();

async function vendor(): Promise<void> {
  Deno.mkdirSync(VENDOR);
  const packages = Object.entries(config.imports).filter(([, to]) => to.startsWith("npm:"));
  const imports: [string, string][] = [];
  for (const [name, specifier] of packages) {
    const file = `${name.replace(/.*\//, "")}.js`;
    const path = decodeURIComponent(new URL(file, VENDOR).pathname);
    // By name: of a package that is CommonJS to the bundler, nothing else would come out but a default.
    const names = Object.keys(await import(specifier)).filter((each) => IDENTIFIER.test(each));
    const entry = new URL(`entry_${file}`, VENDOR);
    Deno.writeTextFileSync(
      entry,
      `export { ${names.join(", ")} } from ${JSON.stringify(specifier)};\n`,
    );
    const from = decodeURIComponent(entry.pathname);
    deno(["bundle", "--quiet", "--frozen", "--platform", "deno", "--output", path, from]);
    Deno.removeSync(entry);
    imports.push([name, `./${file}`]);
  }
  const map = JSON.stringify({ imports: Object.fromEntries(imports) }, null, 2);
  Deno.writeTextFileSync(new URL("import_map.json", VENDOR), `${map}\n`);
  Deno.writeTextFileSync(new URL("LICENSES", VENDOR), licenses(packages.map(([, to]) => to)));
}

/** Their licences, and those of what they bring along, which ask for it. */
function licenses(specifiers: readonly string[]): string {
  const used = new Map(specifiers.flatMap((specifier) => {
    const { npmPackages }: Info = JSON.parse(deno(["info", "--json", "--frozen", specifier]));
    return Object.entries(npmPackages);
  }));
  return [...used].map(([name, { localPath }]) => {
    const file = [...Deno.readDirSync(localPath)].find((each) => /^licen[cs]e/i.test(each.name));
    if (file === undefined) throw new Error(`${name} has no licence`);
    return `${name}\n\n${Deno.readTextFileSync(`${localPath}/${file.name}`).trim()}\n`;
  }).join(`\n${"-".repeat(80)}\n\n`);
}

/** What is read here of what `deno info` prints. */
interface Info {
  readonly npmPackages: Readonly<Record<string, { readonly localPath: string }>>;
}

function deno(args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).outputSync();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`deno ${args[0]}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

function remove(): void {
  try {
    Deno.removeSync(VENDOR, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
