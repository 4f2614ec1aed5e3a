import { assertEquals } from "@std/assert";
import { type Kernel, ProcessActivity, type Transfers } from "./process_activity.ts";

/** A process whose threads do what they are told. */
class Threads implements Kernel {
  #transfers: Transfers | null = { rchar: 0, wchar: 0, syscr: 0, syscw: 0 };
  readonly #writes = new Map<string, number>();
  readonly #counters = new Map<string, number>();
  readonly #activity = new ProcessActivity(1, this);

  transfers = () => this.#transfers;
  writes = () => new Map(this.#writes);
  counters = () => new Map(this.#counters);

  /** Whether a look finds activity after a thread has written eight bytes, to a counter or somewhere else. */
  afterWriting(thread: string, counter: string | null, times = 1): boolean {
    this.write(thread, counter, times);
    return this.#activity.look();
  }

  write(thread: string, counter: string | null, times = 1): void {
    const { wchar = 0, syscw = 0 } = this.#transfers ?? {};
    this.#transfers = { rchar: 0, syscr: 0, wchar: wchar + 8 * times, syscw: syscw + times };
    this.#writes.set(thread, (this.#writes.get(thread) ?? 0) + times);
    if (counter !== null) this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + times);
  }

  afterReading(): boolean {
    this.#transfers = { rchar: 8, wchar: 0, syscr: 1, syscw: 0 };
    return this.#activity.look();
  }

  afterNothing(): boolean {
    return this.#activity.look();
  }

  closed(): boolean {
    this.#transfers = null;
    return this.#activity.look();
  }
}

/** One that has been looked at, and whose timer has fired once. */
function ticking(): Threads {
  const threads = new Threads();
  threads.afterNothing();
  threads.afterWriting("main", "4");
  return threads;
}

Deno.test("a process whose only timer fires does nothing, however often it does", () => {
  const threads = ticking();
  const looks = [
    threads.afterWriting("main", "4"),
    threads.afterNothing(),
    threads.afterWriting("main", "4", 25),
  ];
  assertEquals(looks, [false, false, false]);
});

Deno.test("output in pieces of eight bytes is activity", () => {
  assertEquals(ticking().afterWriting("main", null), true);
});

Deno.test("threads that wake themselves and others are activity: one tells another something", () => {
  const threads = ticking();
  threads.write("worker", "7");
  assertEquals(threads.afterWriting("main", "4"), true);
  const told = ticking();
  told.write("main", "7");
  assertEquals(told.afterWriting("main", "4"), true);
});

Deno.test("what is read is activity, and what cannot be seen", () => {
  assertEquals([ticking().afterReading(), ticking().closed()], [true, true]);
});
