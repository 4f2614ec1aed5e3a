/** What every part of a dump's text is written with. @module */

import type { Dump } from "../../model/dump.ts";
import type { Style } from "./style.ts";

/** How to render a dump. */
export interface DumpTextOptions {
  /**
   * `full`: every stack of every isolate, every look that differs. `folded`: identical stacks once. `top`: one frame
   * each, the innermost that is the program's own. `none`: no stacks.
   */
  readonly stacks: "full" | "folded" | "top" | "none";
  /** Show the frames inside Deno and inside unwedge's runtime, too. */
  readonly internalFrames: boolean;
  /** Mark headings and what is wrong with terminal colours. */
  readonly color: boolean;
  /** Paths below this directory are written relative to it. Default: the working directory. */
  readonly baseDir?: string;
}

/** What every part of the text is written with. */
export interface DumpPage {
  /** What is rendered. */
  readonly dump: Dump;
  /** How it is rendered. */
  readonly options: DumpTextOptions;
  /** Colours, or none. */
  readonly style: Style;
  /** Directory below which paths are written short. */
  readonly here: string;
}
