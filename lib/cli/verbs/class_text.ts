/**
 * The table of classes as a report uses it: what a class is, and where its fix lies.
 *
 * @module
 */

import { classText } from "../../diagnose/classes.ts";
import type { ClassText } from "../../report/text/page.ts";

/** The text of one class, or null when the table has none by that name. */
export function textOfClass(name: string): ClassText | null {
  const found = classText(name);
  return found === null
    ? null
    : { about: `${sentence(found.summary)} ${found.why}`, fixes: found.fixes };
}

/** A summary line as a sentence. */
export function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}
