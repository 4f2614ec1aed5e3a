/**
 * Compares text with a file of `tests/golden/`. Run the tests with `UPDATE_GOLDEN=1` to write what they see, and
 * read the difference before committing it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Fails when `text` is not what the golden file says, line by line. */
export function assertGolden(name: string, text: string): void {
  const url = new URL(`../golden/${name}`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(url, text);
  assertEquals(text.split("\n"), Deno.readTextFileSync(url).split("\n"), name);
}
