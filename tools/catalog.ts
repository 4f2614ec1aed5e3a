/** Writes `scenarios/catalog.json`, what the scenarios say of themselves: `deno task catalog`. @module */

import { makeCatalog } from "../lib/cli/catalog.ts";

const text = `${JSON.stringify(await makeCatalog(), null, 2)}\n`;
await Deno.writeTextFile(new URL("../scenarios/catalog.json", import.meta.url), text);
