/**
 * The task tree of 10,000 parked tasks as text, as the dump asks for it. Each sample is the first snapshot of a fresh
 * process, in code that has never run before: that is what a dump meets. The transport of the text is not timed.
 *
 * @module
 */

import { absoluteFigures, type Figures } from "../measure.ts";

const SAMPLES = 11;

/** Measures the row. */
export async function measure(): Promise<Figures> {
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) times.push(await freshSnapshot());
  return absoluteFigures(times);
}

async function freshSnapshot(): Promise<number> {
  const program = new URL("../programs/snapshot_10k.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`${program} failed: ${text.decode(stderr)}`);
  return Number(text.decode(stdout));
}
