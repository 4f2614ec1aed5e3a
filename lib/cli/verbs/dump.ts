/**
 * `dump PID|ws://…|HOST:PORT|FILE.heapsnapshot`: what a program that was not prepared waits for. Nothing is ended,
 * and nothing is written to disk unless `--keep-snapshot` asks for it.
 *
 * @module
 */

import { dumpFile } from "../../dump/process/dump_file.ts";
import { dumpOutside } from "../../dump/process/dump_outside.ts";
import { dumpProcess, type ProcessDumpOutcome } from "../../dump/process/dump_process.ts";
import { CannotKeepError, SnapshotPlace } from "../../dump/process/keep_snapshots.ts";
import { findTarget } from "../../dump/process/find_target.ts";
import { filtered } from "../../heap/filter.ts";
import { time } from "../../protocol/duration.ts";
import { redactedUrls } from "../../protocol/redact.ts";
import { visibleJson } from "../../protocol/text.ts";
import { processDumpFolded } from "../../report/text/process_dump_folded.ts";
import { processDumpText } from "../../report/text/process_dump_text.ts";
import { makeStyle, visible } from "../../report/text/style.ts";
import { CommandLineError } from "../command_line_error.ts";
import { SIGNAL_CODES, type StopSignal } from "../exit_code.ts";
import type { Invocation } from "../invocation.ts";
import type { Settings } from "../settings.ts";
import type { Streams } from "../streams.ts";
import { wantsColor } from "../terminal/color.ts";
import { columnsOf } from "../terminal/columns.ts";

/** There is no such process, or it cannot be dumped. */
const REFUSED = 1;
/** Something did not answer. */
const PARTIAL = 3;
const DEFAULT_MAX_HEAP = 2 ** 30;
/** A heap that is read in less time than a person takes to wonder. */
const QUICK_HEAP = 32 * 2 ** 20;
/** Measured on 2 shared cores: 155 MB in 12 s. */
const BYTES_PER_S = 13e6;

/**
 * Dumps and prints.
 *
 * @returns 0, 1 when there is nothing to dump, 3 when something did not answer, or 128 and the number of a signal
 * @throws {CommandLineError} when what was typed is no target
 */
export async function dump(invocation: Invocation): Promise<number> {
  const { words, settings, streams } = invocation;
  const [word, extra] = words;
  if (word === undefined || extra !== undefined) {
    throw new CommandLineError(
      "dump needs one target",
      "a process id, ws://…, HOST:PORT, or a file that ends in .heapsnapshot",
    );
  }
  const color = settings.choice("color", ["auto", "always", "never"]);
  const maxHeapBytes = sizeOf(settings) ?? DEFAULT_MAX_HEAP;
  using interrupt = stopOnSignals();
  const outcome = await dumpTarget(word, {
    ...{ maxHeapBytes, streams, signal: interrupt.signal },
    values: settings.switch("values") ?? false,
    keepIn: settings.text("keep-snapshot"),
  });
  if (outcome.kind === "refused") {
    streams.err(`unwedge: ${visible(outcome.why)}\n`);
    return interrupt.by === null ? REFUSED : SIGNAL_CODES[interrupt.by];
  }
  const filter = settings.text("filter");
  const dump = redactedUrls(outcome.dump);
  const shown = filter === null ? dump : filtered(dump, filter);
  if (settings.switch("json") === true) {
    streams.out(`${visibleJson(shown)}\n`);
  } else if (settings.switch("folded") === true) {
    const internalFrames = settings.switch("internal-frames") ?? false;
    streams.out(processDumpFolded(shown, { here: Deno.cwd(), internalFrames }));
  } else {
    const style = makeStyle(wantsColor(color, streams.outIsTerminal));
    const internalFrames = settings.switch("internal-frames") ?? false;
    const columns = columnsOf(streams);
    streams.out(processDumpText(shown, { style, here: Deno.cwd(), internalFrames, columns }));
  }
  if (interrupt.by !== null) return SIGNAL_CODES[interrupt.by];
  return shown.complete ? 0 : PARTIAL;
}

interface Wanted {
  readonly maxHeapBytes: number;
  readonly values: boolean;
  /** Where snapshots are kept; null for nowhere. */
  readonly keepIn: string | null;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

async function dumpTarget(
  word: string,
  { maxHeapBytes, values, keepIn, streams, signal }: Wanted,
): Promise<ProcessDumpOutcome> {
  if (/\.heapsnapshot$/.test(word)) {
    const flag = keepIn !== null ? "keep-snapshot" : values ? "values" : null;
    if (flag === null) return await dumpFile(word, signal);
    throw new CommandLineError(`--${flag} is for a program that runs, and ${word} is a file`);
  }
  // Before the target is touched.
  const keep = keepIn === null ? {} : { keep: placeAt(keepIn) };
  const found = await findTarget(word);
  if (found.kind === "unknown") {
    throw new CommandLineError(
      `${JSON.stringify(word)} is no target`,
      "a process id, ws://…, HOST:PORT, or a file that ends in .heapsnapshot",
    );
  }
  if (found.kind === "refused") return found;
  if (found.kind === "closed") {
    return { kind: "dumped", dump: await dumpOutside(found.pid, found.runtime, found.why) };
  }
  return await dumpProcess(found.target, {
    ...keep,
    maxHeapBytes,
    values,
    signal,
    onHeap: (isolate, bytes) => {
      if (bytes < QUICK_HEAP) return;
      const [size, wait] = [Math.round(bytes / 2 ** 20), time(bytes / BYTES_PER_S * 1_000)];
      streams.err(
        `reading the heap of ${isolate} (${size} MB): it stands still for some ${wait}\n`,
      );
    },
  });
}

/** @throws {CommandLineError} when snapshots cannot be kept there */
function placeAt(path: string): SnapshotPlace {
  try {
    return new SnapshotPlace(path);
  } catch (error) {
    if (!(error instanceof CannotKeepError)) throw error;
    throw new CommandLineError(`--keep-snapshot ${error.message}`);
  }
}

/** Bytes, or null. @throws {CommandLineError} when it is no size */
function sizeOf(settings: Settings): number | null {
  const text = settings.text("max-heap");
  if (text === null) return null;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmg])i?b?$/i.exec(text) ?? [];
  if (amount === undefined) {
    throw new CommandLineError(`${settings.where("max-heap")} ${text}: write 500MB or 2GB`);
  }
  return Number(amount) * 2 ** (10 * ("kmg".indexOf(unit.toLowerCase()) + 1));
}

interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  readonly by: StopSignal | null;
}

/** A signal cuts the dump short: what is known by then is printed, and the target is left as it was. */
function stopOnSignals(): Interrupt {
  const abort = new AbortController();
  let by: StopSignal | null = null;
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const handle = () => {
      by ??= signal;
      abort.abort();
    };
    Deno.addSignalListener(signal, handle);
    return [signal, handle] as const;
  });
  return {
    signal: abort.signal,
    get by() {
      return by;
    },
    [Symbol.dispose]: () => {
      for (const [signal, handle] of handlers) Deno.removeSignalListener(signal, handle);
    },
  };
}
