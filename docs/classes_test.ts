import { assertEquals } from "@std/assert";
import { classesPage } from "../tools/classes_page.ts";

/** Without the line breaks, which the formatter sets. */
function words(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

Deno.test("docs/classes.md says what the files of the classes say (deno task classes writes it anew)", async () => {
  const page = await Deno.readTextFile(new URL("./classes.md", import.meta.url));
  assertEquals(words(page), words(classesPage()));
});
