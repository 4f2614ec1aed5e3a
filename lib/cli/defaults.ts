/**
 * What a run is told when nothing else says so: by a flag, the environment, deno.json or the scenario. Times in
 * milliseconds. Help, settings and replay lines read it here.
 *
 * @module
 */

/** The defaults. */
export const DEFAULTS = {
  graceMs: 2_000,
  slowMs: 5_000,
  /** What `docker stop` gives a service. */
  stopDeadlineMs: 10_000,
  samples: 2,
  sampleGapMs: 250,
  /**
   * Hung runs wait; what they need is a core for a moment at their start and at their end. With 15 scenarios on two
   * cores 4 took 1.9 times the longest chain of waits, 6 took 1.4, 8 took 1.1; each is a process of about 80 MB.
   */
  jobsPerCore: 8,
  /** With copies of the hangs beside them, which are looked into just the same, as many again are under way. */
  diagnosedJobsPerCore: 3,
  baseDir: ".unwedge",
} as const;
