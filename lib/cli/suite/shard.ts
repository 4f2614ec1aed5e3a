/**
 * Which part of the catalog a CI job runs: `--shard I/N`. A scenario's part depends on its name alone, so that adding
 * one moves no other, and every job finds its part without asking the others.
 *
 * @module
 */

import { CommandLineError } from "../command_line_error.ts";

/** Part `index` (from 1) of `total`. */
export interface Shard {
  readonly index: number;
  readonly total: number;
}

/**
 * Reads `2/3`.
 *
 * @param where the flag or variable it was written for, for the message
 * @throws {CommandLineError} when it is not one of N parts
 */
export function parseShard(text: string, where: string): Shard {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), total: Number(total) };
  if (shard.index >= 1 && shard.total >= 1 && shard.index <= shard.total) return shard;
  throw new CommandLineError(`${where} ${text}: write I/N, as 1/3, 2/3 and 3/3 of three`);
}

/** Whether a scenario belongs to a part. */
export function inShard(name: string, { index, total }: Shard): boolean {
  return fnv1a(name) % total === index - 1;
}

/** FNV-1a, 32 bits: short, known everywhere, and the same on every machine and in every version. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
