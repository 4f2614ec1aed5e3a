/** The error that an actor died of, as far as the platform tells it. @module */

import { textOf } from "../../protocol/text.ts";
import { RemoteActorError } from "../wire/remote_error.ts";

/** What the platform tells of an error that ended a worker. */
export function crashOf(event: ErrorEvent, actor: string): RemoteActorError {
  const at = event.filename === "" ? "" : `    at ${event.filename}:${event.lineno}:${event.colno}`;
  return new RemoteActorError({
    type: "Error",
    message: textOf(event.message).replace(/^Uncaught (\(in promise\) )?(Error: )?/, ""),
    stack: at,
    actor,
    cause: null,
    errors: [],
    reason: null,
    code: null,
  });
}
