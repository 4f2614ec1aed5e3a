/** The waits of one cancel scope. @module */

/** What a list links to its neighbours. */
export interface Linked<W> {
  before: W | null;
  after: W | null;
}

/**
 * The waits of one scope, in the order in which they began. Linked, because filling and emptying a Set of 10,000 costs
 * more than everything else that parking does.
 */
export class WaitList<W extends Linked<W>> {
  #first: W | null = null;
  #last: W | null = null;

  add(wait: W): void {
    wait.before = this.#last;
    wait.after = null;
    if (this.#last === null) this.#first = wait;
    else this.#last.after = wait;
    this.#last = wait;
  }

  remove(wait: W): void {
    if (wait.before === null) this.#first = wait.after;
    else wait.before.after = wait.after;
    if (wait.after === null) this.#last = wait.before;
    else wait.after.before = wait.before;
    wait.before = null;
    wait.after = null;
  }

  /** A copy that stays as it is while waits end. */
  toArray(): W[] {
    const waits: W[] = [];
    for (let wait = this.#first; wait !== null; wait = wait.after) waits.push(wait);
    return waits;
  }
}
