/**
 * The table of classes as a report uses it: what a class is, and where its fix lies.
 *
 * @module
 */

import { classNamed } from "../../diagnose/classes/registry.ts";
import type { ClassSummary } from "../../report/text/page.ts";

/** The text of one class, or null when the table has none by that name. */
export function summaryOfClass(name: string): ClassSummary | null {
  const found = classNamed(name);
  return found === null
    ? null
    : { about: `${sentence(found.summary)} ${found.why}`, fixes: found.fixes };
}

/** A summary line as a sentence. */
export function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}
