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
  return found === null ? null : { summary: found.summary, why: found.why, fixes: found.fixes };
}
