/**
 * Tasks that swallow their cancel. A cancel is level-triggered: it is thrown again at the next wait of a task that has
 * caught it and gone on, so a task to which it is thrown over and over has a catch on the way that does not let it
 * through. A few times are no sign, for each cleanup that waits without a shield takes it once more. This costs nothing
 * unless a cancelled task comes to a wait, and a look into a map then.
 *
 * @module
 */

import { PlatformError } from "../protocol/platform.ts";
import { currentTime } from "./clock.ts";
import type { Cancelled } from "./errors.ts";
import { observe } from "./identity.ts";
import { parseFrame, unpreparedStack } from "./site.ts";
import type { Task } from "./task.ts";

/** So many times in a row are enough, however fast. */
const MANY = 100;
/** So many are enough when they are spread over {@linkcode LONG_MS}: a loop that is slow by itself. */
const FEW = 4;
const LONG_MS = 500;

/** The directory of this runtime, whose frames are not those of the program. */
const RUNTIME = new URL(".", import.meta.url).href;
const FRAMES = 12;

interface Count {
  readonly cause: Cancelled;
  readonly sinceMs: number;
  times: number;
  told: boolean;
}

const counts: WeakMap<Task, Count> = new WeakMap();

/** Writes down, once, that `task` swallows the cancel with this cause, when its waits were refused too often. */
export function noteRefusal(task: Task, cause: Cancelled): void {
  const count = counts.get(task);
  if (count === undefined || count.cause !== cause) {
    counts.set(task, { cause, sinceMs: currentTime(), times: 1, told: false });
    return;
  }
  count.times++;
  if (count.told || count.times < FEW) return;
  if (count.times < MANY && currentTime() - count.sinceMs < LONG_MS) return;
  count.told = true;
  observe({
    kind: "cancel-swallowed",
    task: `#${task.id} ${task.name}`,
    times: count.times,
    reason: cause.reason,
    at: programFrame(noteRefusal),
  });
}

/** The innermost frame that is the program's: the wait whose error the program catches. */
function programFrame(below: (...args: never[]) => unknown): ReturnType<typeof parseFrame> {
  const holder: { stack?: string } = {};
  const limit = PlatformError.stackTraceLimit;
  PlatformError.stackTraceLimit = FRAMES;
  PlatformError.captureStackTrace(holder, below);
  PlatformError.stackTraceLimit = limit;
  for (const line of unpreparedStack(holder).split("\n").slice(1)) {
    const site = parseFrame(line);
    if (
      site !== null && /^file:|^https?:|^data:/.test(site.file) && !site.file.startsWith(RUNTIME)
    ) {
      return site;
    }
  }
  return null;
}
