/** The echo as a pool calls it: piscina. */
export default (value) => value;
