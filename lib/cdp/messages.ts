/** The messages of an inspector, as they come in. @module */

/** Of these commands the results are taken apart everywhere; what lacks them comes from no inspector. */
export const PART: Readonly<Record<string, string>> = {
  "Runtime.evaluate": "result",
  "Runtime.callFunctionOn": "result",
  "Runtime.getProperties": "result",
  "Debugger.evaluateOnCallFrame": "result",
};

/** Whether a value has properties. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** A message of a Node worker, as it arrives in main's session. */
export const RECEIVED = "NodeWorker.receivedMessageFromWorker";

/** What is wrapped, and the session that it comes from. */
export interface WrappedMessage {
  readonly sessionId: string;
  readonly message: string;
}

/** The message in the parameters of that event. */
export function wrappedMessage(params: unknown): WrappedMessage {
  // The protocol pairs the event's name with its parameters; there is no other witness of their type.
  return params as WrappedMessage;
}

/** An event's text as one that comes from a session. */
export function withSession(text: string, sessionId: string): string {
  return `${text.slice(0, -1)},"sessionId":${JSON.stringify(sessionId)}}`;
}

/** An answer or an event. */
export interface IncomingMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly sessionId?: string;
}
