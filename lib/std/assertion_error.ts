/**
 * What an assertion throws, and how it words it.
 *
 * @module
 */

import { inspect } from "node:util";

/** Thrown by every assertion that does not hold. */
export class AssertionError extends Error {
  /**
   * Makes an error that an assertion can throw.
   *
   * @param message what did not hold
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** The end of a message: the caller's own words, if there are any. */
export function tail(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

/** A value as text, in full. */
export function show(value: unknown): string {
  return inspect(value, { depth: Infinity, sorted: true, maxArrayLength: null });
}

/** The name of what a value is an instance of. */
export function typeName(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "Object";
}
