/**
 * Every class of hangs. A new class is a file beside this one and a line in this list.
 *
 * Invariant: rules of different classes exclude each other through `requires` and `ruledOutBy`, not through their order
 * here; a run that fits two classes is not classified. The order is that in which neighbours are told.
 *
 * @module
 */

import type { Owner } from "../../model/result.ts";
import type { Clue } from "../clues/clue.ts";
import type { HangClass, Rule } from "../hang_class.ts";
import { BOOT_DEATH } from "./boot_death.ts";
import { BOOT_STUCK } from "./boot_stuck.ts";
import { CANCEL_IGNORED } from "./cancel_ignored.ts";
import { CANCEL_SWALLOWED } from "./cancel_swallowed.ts";
import { CASCADE_STALLED } from "./cascade_stalled.ts";
import { EOF_SPIN } from "./eof_spin.ts";
import { EXIT_LEAK } from "./exit_leak.ts";
import { LATE } from "./late.ts";
import { LOOP_STARVED } from "./loop_starved.ts";
import { LOST_WAKEUP } from "./lost_wakeup.ts";
import { NEVER_SETTLED } from "./never_settled.ts";
import { ORPHANED_CHANNEL } from "./orphaned_channel.ts";
import { SHIELD_TRAPPED } from "./shield_trapped.ts";
import { STUCK_CHILD } from "./stuck_child.ts";
import { UNKNOWN } from "./unknown.ts";
import { WAIT_CYCLE } from "./wait_cycle.ts";
import { WAITS_OUTSIDE } from "./waits_outside.ts";

/** Every class of this version. */
export const CLASSES: readonly HangClass[] = [
  ORPHANED_CHANNEL,
  BOOT_DEATH,
  BOOT_STUCK,
  SHIELD_TRAPPED,
  WAIT_CYCLE,
  CASCADE_STALLED,
  LOOP_STARVED,
  STUCK_CHILD,
  CANCEL_SWALLOWED,
  EOF_SPIN,
  LOST_WAKEUP,
  NEVER_SETTLED,
  WAITS_OUTSIDE,
  CANCEL_IGNORED,
  EXIT_LEAK,
  LATE,
  UNKNOWN,
];

/** One class by its name, null when there is no such class. */
export function classNamed(name: string): HangClass | null {
  return CLASSES.find((each) => each.name === name) ?? null;
}

/** Whose bug a class may be, in the order of its variants. */
export function ownersOf({ rules }: HangClass): readonly Owner[] {
  return [...new Set(rules.flatMap(({ owner }) => owner ?? []))];
}

/**
 * The classes that look alike, each with what would have had to be seen for it, or what speaks against it here: read
 * off what rules the one out for the other.
 */
export function neighboursOf(
  { name, rules }: HangClass,
): readonly { readonly class: string; readonly because: string }[] {
  const mine = { required: clues(rules, "requires"), excluding: clues(rules, "ruledOutBy") };
  return CLASSES.filter((other) => other.name !== name).flatMap((other) => {
    const theirs = clues(other.rules, "requires").filter((clue) => !mine.required.includes(clue));
    const decisive = theirs.find((clue) => mine.excluding.includes(clue));
    if (decisive !== undefined) {
      return [{ class: other.name, because: `there it is seen that ${decisive.says}` }];
    }
    const excluded = clues(other.rules, "ruledOutBy").find((clue) => mine.required.includes(clue));
    if (excluded === undefined) return [];
    return [{ class: other.name, because: `it is not named where ${excluded.says}` }];
  });
}

function clues(rules: readonly Rule[], which: "requires" | "ruledOutBy"): readonly Clue[] {
  return rules.flatMap((rule) => rule[which]);
}
