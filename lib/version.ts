/**
 * The version of unwedge, as a constant: reading deno.json at start would cost a file and a JSON module. A test holds
 * it equal to deno.json.
 *
 * @module
 */

/** Version of this tool, the same as in deno.json. */
export const VERSION = "0.1.0";
