/**
 * How two ways of doing the same work are compared on a machine that is busy with other things: in rounds, one right
 * after the other, and a round's ratio is all that counts. What slows the machine slows both sides of a round; the
 * median over the rounds drops the rounds in which it hit only one.
 *
 * Invariant: every round runs every side exactly once, and each side comes first equally often, so that neither lives
 * off the heap or the caches that the other left behind.
 *
 * Considered and rejected: `Deno.bench` (it measures one side for as long as it likes, then the other, and knows no
 * ratio), and the minimum instead of the median (it hides garbage collection, which users pay for).
 *
 * @module
 */

/** One way of doing the work. */
export interface Side {
  /** For the table: `effect`, `raw postMessage`. */
  readonly name: string;
  /**
   * Does the work once, with its own preparation and cleaning up, and answers how many milliseconds the part took
   * that counts.
   */
  readonly once: () => number | Promise<number>;
}

/** How often, and what of. */
export interface Rounds {
  /** Rounds that are run first and thrown away. */
  readonly warmup: number;
  /** Rounds that count; odd numbers have a median of their own. */
  readonly rounds: number;
  /** Rounds that count at most, while the median is not known well enough. Default four times as many. */
  readonly most?: number;
  /** Whether rates are compared, where more is better; with equal work a rate is the inverse of the time. */
  readonly rate?: boolean;
}

/** What was measured. */
export interface Figures {
  /** What the target is about: the median over the rounds of our side / baseline, or milliseconds without a baseline. */
  readonly value: number;
  /** The quartiles of the rounds. */
  readonly spread: Spread;
  /** Where the true median lies with 95 of 100 chances, as far as the rounds tell. */
  readonly interval: Spread;
  /** Whether the interval is narrow enough to judge by; see {@linkcode isNarrow}. */
  readonly narrow: boolean;
  /** Rounds that count. */
  readonly rounds: number;
  /** Median of our side, milliseconds. */
  readonly subjectMs: number;
  /** Median of the baseline, milliseconds; null when the target is absolute. */
  readonly baselineMs: number | null;
  /** For information: others doing the same work, measured in the same rounds. */
  readonly peers: readonly Peer[];
}

/** Another one that did the same work. */
export interface Peer {
  readonly name: string;
  readonly value: number;
  readonly spread: Spread;
}

/** A range of values: of the quartiles, where the middle half lies. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

/** A row repeats for no longer than this once its rounds are done. */
const MOST_REPEATING_MS = 45_000;
/** How far from the median the ends of its interval may lie, as a share of it. */
const NARROW = 0.1;

/**
 * Runs `baseline`, `ours` and the peers in interleaved rounds, and goes on until the median is known well enough, or
 * there were enough.
 *
 * @throws {RangeError} when there is no round to count, or a side answers something that is not a positive time
 * @throws whatever a side throws
 */
export async function compare(
  baseline: Side,
  [ours, ...peers]: readonly [Side, ...Side[]],
  { warmup, rounds, most = 4 * rounds, rate = false }: Rounds,
): Promise<Figures> {
  if (!(rounds >= 1)) throw new RangeError(`compare needs at least one round, got ${rounds}`);
  const all = [baseline, ours, ...peers];
  const times: number[][] = all.map(() => []);
  const ratiosOf = (side: number): number[] =>
    (times[side] ?? []).map((ms, round) => {
      const base = times[0]?.[round] ?? NaN;
      return rate ? base / ms : ms / base;
    });
  let repeatUntil = Infinity;
  for (let round = -warmup; round < most; round++) {
    if (round >= rounds && (round - rounds) % 2 === 0) {
      repeatUntil = Math.min(repeatUntil, performance.now() + MOST_REPEATING_MS);
      if (isNarrow(ratiosOf(1)) || performance.now() > repeatUntil) break;
    }
    for (const index of turnOrder(all.length, round + warmup)) {
      const side = all[index];
      if (side === undefined) continue;
      const ms = await side.once();
      if (!(ms > 0)) throw new RangeError(`"${side.name}" took ${ms} ms, which is not a time`);
      if (round >= 0) times[index]?.push(ms);
    }
  }
  const ratios = ratiosOf(1);
  return {
    ...figuresOf(ratios),
    subjectMs: median(times[1] ?? []),
    baselineMs: median(times[0] ?? []),
    peers: peers.map(({ name }, i) => ({ name, ...quartiles(ratiosOf(i + 2)) })),
  };
}

function figuresOf(
  values: readonly number[],
): Pick<Figures, "value" | "spread" | "interval" | "narrow" | "rounds"> {
  return {
    ...quartiles(values),
    interval: intervalOf(values),
    narrow: isNarrow(values),
    rounds: values.length,
  };
}

function quartiles(values: readonly number[]): { readonly value: number; readonly spread: Spread } {
  return { value: median(values), spread: spreadOf(values) };
}

/** The figures of times that are compared with nothing. */
export function absoluteFigures(times: readonly number[]): Figures {
  return { ...figuresOf(times), subjectMs: median(times), baselineMs: null, peers: [] };
}

/** Median of `values`; the mean of the middle two when their number is even. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which the share `q` (0 to 1) of `values` lies, interpolated.
 *
 * @throws {RangeError} when there are no values
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError("no values to rank");
  return below + (above - below) * (at - Math.floor(at));
}

/** The quartiles of `values`. */
export function spreadOf(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/**
 * The interval in which the median of what the values are drawn from lies with 95 of 100 chances, whatever their
 * distribution: between the values at half their number, less and more 0.98 of its root.
 */
export function intervalOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const away = 0.98 * Math.sqrt(sorted.length);
  const at = (index: number) => sorted[Math.min(Math.max(index, 0), sorted.length - 1)] ?? NaN;
  return { low: at(Math.floor(middle - away)), high: at(Math.ceil(middle + away)) };
}

/** Whether both ends of the interval of the median lie within a tenth of it. */
export function isNarrow(values: readonly number[]): boolean {
  const { low, high } = intervalOf(values);
  const value = median(values);
  return value - low <= NARROW * value && high - value <= NARROW * value;
}

/** The milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The order of a round: rotated, and turned around every other time, so that every pair occurs both ways. */
export function turnOrder(count: number, round: number): number[] {
  const order = Array.from({ length: count }, (_, i) => (i + (round >> 1)) % count);
  return round % 2 === 0 ? order : order.reverse();
}
