/** Who did not answer when it was last looked inside, and why: of them nothing else is known. @module */

import type { Dump } from "../../../model/dump.ts";
import { type Screen, sentences } from "./screen.ts";

/** Those that did not answer, together where the reason is the same; what the kernel saw of each is left out. */
export function missingLines({ missing }: Pick<Dump, "missing">, page: Screen): string[] {
  const groups = Map.groupBy(missing, ({ why }) => shortly(why));
  return [...groups].flatMap(([why, [first, ...more]]) => {
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return sentences(`${first?.isolate}${others} did not answer: ${why}`, page, "", "yellow");
  });
}

function shortly(why: string): string {
  return why.replace(/^did not answer: /, "").split(/ \((?=thread |answered |told |its )|;/)[0] ??
    why;
}
