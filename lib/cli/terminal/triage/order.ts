/** In which order actors and tasks are listed, whoever of them answered first. @module */

/** Root first, since it is where teardown waits; then those below it. */
export function byDepth(a: string, b: string): number {
  return depth(a) - depth(b) || a.localeCompare(b, "en", { numeric: true });
}

/** Tasks by their labels, `root/stuck#4 name`: by actor, then by number. */
export function byTask(a: string, b: string): number {
  const [actorA = a, restA = ""] = a.split("#");
  const [actorB = b, restB = ""] = b.split("#");
  return byDepth(actorA, actorB) || restA.localeCompare(restB, "en", { numeric: true });
}

function depth(actor: string): number {
  return actor.split("/").length;
}
