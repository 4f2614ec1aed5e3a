/**
 * The waits that are registered in one scope, in the order in which they began. The links are in the waits themselves:
 * a set of 10,000 of them costs more to fill and to empty than everything else that parking does.
 *
 * @module
 */

import type { Park } from "./park.ts";

/** A list that a Park is in at most once, and in one list at most. */
export class ParkList {
  #first: Park | null = null;
  #last: Park | null = null;

  /** Puts `park` at the end. */
  add(park: Park): void {
    park.before = this.#last;
    park.after = null;
    if (this.#last === null) this.#first = park;
    else this.#last.after = park;
    this.#last = park;
  }

  /** Takes `park` out; it must be in this list. */
  remove(park: Park): void {
    if (park.before === null) this.#first = park.after;
    else park.before.after = park.after;
    if (park.after === null) this.#last = park.before;
    else park.after.before = park.before;
    park.before = null;
    park.after = null;
  }

  /** A copy that stays as it is while waits end. */
  toArray(): Park[] {
    const parks: Park[] = [];
    for (let park = this.#first; park !== null; park = park.after) parks.push(park);
    return parks;
  }
}
