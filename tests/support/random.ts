/** Random numbers that a seed repeats. @module */

/** A source of random numbers. */
export interface Random {
  /** An integer from 0 to `below` - 1. */
  below(below: number): number;
  /** One of several. */
  pick<T>(of: readonly [T, ...T[]]): T;
  /** True in `percent` of the cases. */
  chance(percent: number): boolean;
}

/** The numbers of one seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    pick: (of) => of[below(of.length)] ?? of[0],
    chance: (percent) => below(100) < percent,
  };
}
