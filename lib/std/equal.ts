/**
 * Deep equality as `@std/assert` has it. `node:util` decides about leaves (dates, regular expressions, buffers, URLs,
 * boxed values); containers are walked here, since the two packages differ where tests meet it: `0` equals `-0`, an
 * object without a prototype equals a plain one, and what a class shows through getters counts (so two errors are
 * equal only if their stacks are, and two objects with nothing but private fields are told apart by what they show).
 *
 * Invariant: symmetric, and it ends on values that contain themselves.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import { isBoxedPrimitive } from "node:util/types";

/**
 * Whether two values are deeply equal.
 *
 * @throws {TypeError} on a WeakMap or a WeakSet, which nobody can look into
 */
export function equal(a: unknown, b: unknown): boolean {
  return walk(a, b, new Map());
}

/** @param seen pairs that are being compared further out: equal unless something else says otherwise */
function walk(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || kindOf(a) !== kindOf(b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (isLeaf(a)) return isDeepStrictEqual(a, b);
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof WeakRef && b instanceof WeakRef) return walk(a.deref(), b.deref(), seen);
  if (isCollection(a) && isCollection(b)) {
    return a.size === b.size && pairUp([...a], [...b], seen);
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const keys = fieldsOf(a);
  return keys.size === fieldsOf(b).size &&
    keys.values().every((key) => key in b && walk(Reflect.get(a, key), Reflect.get(b, key), seen));
}

/** Whether each entry of the one has an equal of its own among the other's. */
function pairUp(left: unknown[], right: unknown[], seen: Map<object, object>): boolean {
  return left.every((entry) => {
    const at = right.findIndex((candidate) => walk(entry, candidate, new Map(seen)));
    if (at < 0) return false;
    right.splice(at, 1);
    return true;
  });
}

/** What is compared: of plain objects and arrays the own fields, of anything else all that it shows. */
function fieldsOf(value: object): Set<string | symbol> {
  const kind = kindOf(value);
  if (kind === Object.prototype || kind === Array.prototype || ArrayBuffer.isView(value)) {
    const isEnumerable = Object.prototype.propertyIsEnumerable;
    return new Set(Reflect.ownKeys(value).filter((key) => isEnumerable.call(value, key)));
  }
  const keys = new Set<string | symbol>();
  let level: object | null = value;
  while (level !== null && level !== Object.prototype) {
    for (const key of Reflect.ownKeys(level)) keys.add(key);
    level = Object.getPrototypeOf(level);
  }
  return keys;
}

/** The prototype; one that is missing counts as that of a plain object. */
function kindOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

/** Values whose content is in internal slots, where no walk gets. */
function isLeaf(value: object): boolean {
  return value instanceof Date || value instanceof RegExp || value instanceof URL ||
    value instanceof URLSearchParams || value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer || value instanceof DataView || isBoxedPrimitive(value);
}

function isCollection(value: object): value is Map<unknown, unknown> | Set<unknown> {
  return value instanceof Map || value instanceof Set;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
