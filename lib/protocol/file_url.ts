/**
 * Files as V8 and people name them. In a worker Deno shows file URLs decoded (2.9.6): in a directory `100% new` a stack
 * says `file:///100% new/a.ts` there, and `file:///100%25%20new/a.ts` in main.
 *
 * Invariant: nothing here throws, whatever a file is called.
 *
 * @module
 */

/** What no encoded URL has in it. */
const DECODED = /[^!-~]|%(?![0-9a-f]{2})/i;

/** A file URL from a stack, encoded as `import.meta.url` is; what is none, or is encoded, comes back as it is. */
export function encodedFileUrl(file: string): string {
  if (!file.startsWith("file://") || !DECODED.test(file)) return file;
  return `file://${encodePath(file.slice("file://".length))}`;
}

/** An absolute path as it stands in a file URL. */
export function encodePath(path: string): string {
  return encodeURI(path.toWellFormed()).replace(/[?#]/g, encodeURIComponent);
}

/** The path of a file URL, encoded or not; what is none comes back as it is. */
export function pathOfFile(file: string): string {
  if (!file.startsWith("file://")) return file;
  const path = file.slice("file://".length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
