/**
 * Runs many things beside one another that mostly wait, without letting them disturb each other's clocks: at most
 * `jobs` at once, at most `starts` of them in their start (which is work), and at most `spinners` that keep a core
 * busy.
 *
 * Invariant: what spins is begun first, because those few run one after the other longest; the rest fills the time
 * beside it, the longest first.
 *
 * @module
 */

/** What is known of a thing before it runs. */
export interface ScheduledTask {
  readonly spins: boolean;
  /** How long it will wait, about; only the order depends on it. */
  readonly expectedMs: number;
}

/** How to run. */
export interface SchedulePlan<T extends ScheduledTask> {
  readonly tasks: readonly T[];
  readonly jobs: number;
  readonly starts: number;
  readonly spinners: number;
  /** Nothing new is begun once it says so. */
  readonly enough: () => boolean;
  /** Runs one; it calls `started` when the work of its start is done. What it throws ends the schedule. */
  readonly run: (task: T, started: () => void) => Promise<void>;
}

/** Runs all, and returns those that were not begun. @throws what a run threw, when all the others have ended */
export async function schedule<T extends ScheduledTask>(plan: SchedulePlan<T>): Promise<T[]> {
  const waiting = plan.tasks.toSorted((a, b) =>
    Number(b.spins) - Number(a.spins) || b.expectedMs - a.expectedMs
  );
  let running = 0;
  let starting = 0;
  let spinning = 0;
  let fault: { readonly reason: unknown } | null = null;
  const { promise: idle, resolve: done } = Promise.withResolvers<void>();

  const begin = (task: T) => {
    running++;
    starting++;
    if (task.spins) spinning++;
    let inStart = true;
    const started = () => {
      if (!inStart) return;
      inStart = false;
      starting--;
    };
    const ended = () => {
      started();
      running--;
      if (task.spins) spinning--;
      next();
    };
    plan.run(task, () => {
      started();
      next();
    }).then(ended, (reason) => {
      fault ??= { reason };
      ended();
    });
  };
  const next = () => {
    while (fault === null && !plan.enough() && running < plan.jobs && starting < plan.starts) {
      const index = waiting.findIndex((task) => !(task.spins && spinning >= plan.spinners));
      const [task] = index === -1 ? [] : waiting.splice(index, 1);
      if (task === undefined) break;
      begin(task);
    }
    if (running === 0) done();
  };
  next();
  await idle;
  // The compiler does not see that a run may have set it meanwhile.
  const thrown = fault as { readonly reason: unknown } | null;
  if (thrown !== null) throw thrown.reason;
  return waiting;
}
