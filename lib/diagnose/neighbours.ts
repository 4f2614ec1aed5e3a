/**
 * How a class that does not fit is told: by what would have had to be seen for it.
 *
 * @module
 */

const WANTED = "it would have to be seen that ";
const UNWANTED = "it would have to be otherwise that ";

/** The line of a class. */
export function neighbourLine(
  name: string,
  notShown: readonly string[],
  against: readonly string[],
): string {
  const reasons = [
    ...notShown.map((says) => WANTED + says),
    ...against.map((detail) => UNWANTED + detail),
  ];
  return `${name}: ${reasons.join("; ")}`;
}

/** Of what is missing for a class, all that is general and the `most` nearest classes, which come first. */
export function withNearest(missing: readonly string[], most: number): readonly string[] {
  const isNeighbour = (line: string) => /^[a-z-]+: it would have to be /.test(line);
  const nearest = missing.filter(isNeighbour).slice(0, most);
  return missing.filter((line) => !isNeighbour(line) || nearest.includes(line));
}
