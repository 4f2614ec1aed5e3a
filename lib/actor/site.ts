/**
 * Source positions that are cheap to keep: one captured frame each, read only for a dump. Capturing costs
 * 2-3 microseconds, reading (V8 formats, Deno maps to TypeScript) 7-9 (Deno 2.9.6, one frame, medians of 10,000), so
 * nothing is read on the hot path and a snapshot reads a bounded number of them.
 *
 * @module
 */

import { PlatformError } from "../protocol/platform.ts";
import { encodedFileUrl } from "../protocol/file_url.ts";
import type { Site } from "../protocol/snapshot.ts";

/** A captured position, still unread. */
export interface SiteCapture {
  /** V8's text, formatted when it is first read. */
  stack?: string;
  /** What was read; absent before. */
  site?: Site | null;
}

// The type of a function as captureStackTrace takes it: anything callable, and never called here.
type Marker = (...args: never[]) => unknown;

/** A position that was not captured. */
export const NO_SITE: SiteCapture = Object.freeze({ site: null });

/** Captures the frame that called `below`. */
export function captureSite(below: Marker): SiteCapture {
  const holder: SiteCapture = {};
  const limit = PlatformError.stackTraceLimit;
  PlatformError.stackTraceLimit = 1;
  PlatformError.captureStackTrace(holder, below);
  PlatformError.stackTraceLimit = limit;
  return holder;
}

/** Whether reading `capture` is free because it was read before. */
export function isRead(capture: SiteCapture): boolean {
  return capture.site !== undefined;
}

/** Reads a captured position: null when V8 had no frame to give, or its text cannot be had. */
export function readSite(capture: SiteCapture): Site | null {
  if (capture.site === undefined) {
    try {
      capture.site = parsedOnce(unpreparedStack(capture));
    } catch {
      capture.site = null;
    }
    // The captured frames hold on to functions and receivers.
    delete capture.stack;
  }
  return capture.site;
}

/** The text of a captured stack. A `prepareStackTrace` of the program is set aside: looking must not run it. */
export function unpreparedStack(capture: { readonly stack?: string }): string {
  const prepare = Reflect.getOwnPropertyDescriptor(PlatformError, "prepareStackTrace");
  if (prepare === undefined) return String(capture.stack);
  const aside = { value: undefined, configurable: true, writable: true };
  if (!Reflect.defineProperty(PlatformError, "prepareStackTrace", aside)) return "";
  try {
    return String(capture.stack);
  } finally {
    Reflect.defineProperty(PlatformError, "prepareStackTrace", prepare);
  }
}

/** 10,000 tasks wait in a handful of places. */
const parsed: Map<string, Site | null> = new Map();
const MOST_PARSED = 1_000;

function parsedOnce(stack: string): Site | null {
  const known = parsed.get(stack);
  if (known !== undefined) return known;
  const site = parseFrame(stack);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(stack, site);
  return site;
}

const FRAME = /^\s*at (?:(?:async )?(.*?) \()?(.+?):(\d+):(\d+)\)?$/m;

/** Parses the first frame of a V8 stack text. */
export function parseFrame(stack: string): Site | null {
  const match = FRAME.exec(stack);
  if (match === null) return null;
  const [, fn, file, line, column] = match;
  if (file === undefined) return null;
  return {
    fn: fn ?? null,
    file: encodedFileUrl(file.replace(/^async /, "")),
    line: Number(line),
    column: Number(column),
  };
}
