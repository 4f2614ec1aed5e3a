/**
 * Values of programs on their way out: how large they are, which of them cannot change any more, and what is wrong with
 * one that cannot be cloned.
 *
 * @module
 */

import { structuredClone } from "../../protocol/platform.ts";
import { thrownText } from "../../protocol/text.ts";
import type { WireValue } from "./frame.ts";

/** What a value of fixed size counts, and what an object or a property costs beside what is in it, in bytes. */
const SMALL_BYTES = 8;

/**
 * Objects in objects, of a value that crosses. Deno 2.9.6 reads about 2,500 and writes about 4,000, and what is in
 * between would arrive as a message that cannot be read, and break the channel.
 */
export const MAX_DEPTH = 1_000;

/** A look at this many objects, or this deep, that keeps no account is cheap; cycles and shared parts need one. */
const QUICK_LOOKS = 500_000;
const QUICK_DEPTH = 100;

const transfers: WeakMap<object, readonly Transferable[]> = new WeakMap();

/**
 * Marks what is to be handed over and not copied when `value` is next sent to another actor, as an argument, an answer
 * or in a stream: this actor cannot use it afterwards.
 *
 * @returns `value`
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  transfers.set(value, list);
  return value;
}

/** What the values of a frame hand over. They are no longer marked. */
export function takeTransfers(values: readonly WireValue[]): Transferable[] {
  const taken: Transferable[] = [];
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    const list = transfers.get(value);
    if (list === undefined) continue;
    taken.push(...list);
    transfers.delete(value);
  }
  return taken;
}

/** Whether a value cannot change between now and the moment when it is posted. */
export function isFixed(value: WireValue): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" &&
    typeof value !== "symbol");
}

/** More objects in one value are left to the platform. */
const FEW = 8;

/**
 * What `structuredClone(value)` gives. Most values that are sent often are a few plain objects, and a copy of these by
 * hand takes a tenth of the time.
 *
 * @throws {DOMException} when a part of it cannot be cloned
 * @throws whatever a getter of it throws
 */
export function cloneOf<T extends object>(value: T): T {
  return copyOfPlain(value, []) ?? structuredClone(value);
}

/** Null when anything in it is not plain, or is in it twice. */
function copyOfPlain<T extends object>(value: T, seen: unknown[]): T | null {
  if (seen.length === FEW || seen.includes(value)) return null;
  const isList = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== (isList ? Array.prototype : Object.prototype)) return null;
  seen.push(value);
  const copy: T = isList ? Object.assign([], value) : { ...value };
  // Holes at its end are not copied.
  if (isList && Array.isArray(copy) && copy.length !== value.length) return null;
  for (const key of Object.keys(copy)) {
    const part: unknown = Reflect.get(copy, key);
    if (isFixed(part)) continue;
    if (typeof part !== "object" || part === null) return null;
    const inner = copyOfPlain(part, seen);
    if (inner === null) return null;
    Reflect.set(copy, key, inner);
  }
  return copy;
}

/**
 * About how many bytes a value has, as it crosses. Looks no further once there are `enough`, and runs no code of the
 * program, but for a proxy's: a getter counts as a small value.
 */
export function weigh(value: WireValue, enough: number): number {
  if (isFixed(value)) return typeof value === "string" ? value.length : SMALL_BYTES;
  const seen = new Set<object>();
  const left: unknown[] = [value];
  let bytes = 0;
  while (left.length > 0 && bytes < enough) {
    const next = left.pop();
    bytes += SMALL_BYTES;
    if (typeof next === "string") bytes += next.length;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) bytes += next.byteLength;
    else if (next instanceof Map) left.push(...next.keys(), ...next.values());
    else if (next instanceof Set) left.push(...next);
    else if (Array.isArray(next)) bytes += itemsOf(next, left, enough);
    else bytes += fieldsOf(next, left);
  }
  return bytes;
}

function itemsOf(list: readonly unknown[], left: unknown[], enough: number): number {
  const bytes = SMALL_BYTES * list.length;
  if (bytes >= enough) return bytes;
  for (const item of list) if (!isFixed(item) || typeof item === "string") left.push(item);
  return bytes;
}

function fieldsOf(value: object, left: unknown[]): number {
  let bytes = 0;
  for (const key of Object.keys(value)) {
    bytes += SMALL_BYTES + key.length;
    const field = Object.getOwnPropertyDescriptor(value, key)?.value;
    if (!isFixed(field) || typeof field === "string") left.push(field);
  }
  return bytes;
}

/**
 * Refuses a value that is nested too deep to be read at the other side. Runs getters, as cloning does.
 *
 * @param name what the program calls the value
 * @throws {RangeError} when it is
 */
export function refuseTooDeep(value: WireValue, name: string): void {
  if (isShallow(value, QUICK_DEPTH, { left: QUICK_LOOKS }, null)) return;
  if (isShallow(value, MAX_DEPTH, { left: Infinity }, new Set())) return;
  throw new RangeError(
    `${name} is nested deeper than ${MAX_DEPTH}, and cannot cross to another actor`,
  );
}

/** Whether `depth` levels are enough. What was `seen` is written, and read, only once. */
function isShallow(
  value: unknown,
  depth: number,
  looks: { left: number },
  seen: Set<unknown> | null,
): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (seen?.has(value) || ArrayBuffer.isView(value)) return true;
  if (depth === 0 || looks.left-- <= 0) return false;
  seen?.add(value);
  const inner = depth - 1;
  if (Array.isArray(value)) {
    // What stands between the objects of a long list costs nothing.
    for (const item of value) {
      if (typeof item === "object" && !isShallow(item, inner, looks, seen)) return false;
    }
    return true;
  }
  if (value instanceof Map) {
    return isShallow([...value.keys(), ...value.values()], depth, looks, seen);
  }
  if (value instanceof Set) return isShallow([...value], depth, looks, seen);
  if (value instanceof Error && !isShallow(value.cause, inner, looks, seen)) return false;
  for (const key in value) {
    const field: unknown = Reflect.get(value, key);
    if (typeof field === "object" && !isShallow(field, inner, looks, seen)) return false;
  }
  return true;
}

/**
 * What is thrown where `value` was sent and could not be cloned: an error that names the part which is to blame.
 *
 * @param name what the program calls the value: `args`, `value`
 * @param cause what the platform said
 */
export function cannotCross(value: WireValue, name: string, cause: unknown): TypeError {
  const [path, part] = culpritOf(value, name);
  const what = typeof part === "function" || typeof part === "symbol"
    ? `a ${typeof part}`
    : thrownText(cause);
  return new TypeError(
    `${path} cannot cross to another actor: ${what}. What structuredClone takes can cross`,
    { cause },
  );
}

/** The innermost part that cannot be cloned by itself, with the way to it. */
function culpritOf(value: WireValue, name: string): readonly [string, WireValue] {
  const seen = new Set<WireValue>();
  let path = name;
  let part = value;
  while (!seen.has(part)) {
    seen.add(part);
    const inner = partsOf(part).find(([, each]) => !seen.has(each) && !canClone(each));
    if (inner === undefined) break;
    path += inner[0];
    part = inner[1];
  }
  return [path, part];
}

/** The parts of a value with how a program would get at them. */
function partsOf(value: WireValue): (readonly [string, WireValue])[] {
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Map) {
    return [...value].flatMap(([key, entry], at) => [
      [` > key ${at}`, key] as const,
      [` > value ${at}`, entry] as const,
    ]);
  }
  if (value instanceof Set) return [...value].map((entry, at) => [` > entry ${at}`, entry]);
  try {
    return Object.entries(Object.getOwnPropertyDescriptors(value))
      .filter(([, { enumerable }]) => enumerable)
      .map(([key, descriptor]) => [stepTo(key, Array.isArray(value)), descriptor.value]);
  } catch {
    // A proxy may throw.
    return [];
  }
}

function stepTo(key: string, isItem: boolean): string {
  if (isItem) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function canClone(value: WireValue): boolean {
  if (isFixed(value)) return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
