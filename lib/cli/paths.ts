/**
 * The few path operations that the command line needs, without node:path (several milliseconds of every start).
 * POSIX paths only, as the rest of unwedge.
 *
 * @module
 */

/** An absolute path for one that may be relative to the working directory. */
export function resolve(path: string): string {
  return fromFileUrl(new URL(toUrlPath(path), `${toFileUrl(Deno.cwd()).href}/`));
}

/** The file URL of an absolute path. */
export function toFileUrl(path: string): URL {
  return new URL(`file://${toUrlPath(path)}`);
}

/** The path of a file URL. */
export function fromFileUrl(url: URL | string): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** A path as a person would type it here: relative when it lies below the working directory. */
export function shortest(path: string): string {
  const here = `${Deno.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

function toUrlPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
