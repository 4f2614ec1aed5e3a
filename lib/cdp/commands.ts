/**
 * The part of the Chrome DevTools Protocol that we speak, as types: one row a command, one row an event. Whatever is
 * not listed cannot be sent by mistake.
 *
 * Left out on purpose (measured): `Target.getTargets` needs main's loop. `Runtime.queryObjects` and heap snapshots
 * collect garbage, and with it the tasks that wait forever: they are for a process whose tasks have joined
 * (`open_handles.ts`), of which everything else has been seen (`suspended.ts`), or that is none of ours and keeps no
 * record of its waits (`lib/heap/`).
 *
 * @module
 */

import type { Protocol } from "npm:devtools-protocol@0.0.1734725";

/** Commands: parameters and result. */
export interface Commands {
  "Debugger.enable": [Protocol.Debugger.EnableRequest, Protocol.Debugger.EnableResponse];
  "Debugger.disable": [NoParams, void];
  "Debugger.evaluateOnCallFrame": [
    Protocol.Debugger.EvaluateOnCallFrameRequest,
    Protocol.Debugger.EvaluateOnCallFrameResponse,
  ];
  "Debugger.getScriptSource": [
    Protocol.Debugger.GetScriptSourceRequest,
    Protocol.Debugger.GetScriptSourceResponse,
  ];
  "Debugger.searchInContent": [
    Protocol.Debugger.SearchInContentRequest,
    Protocol.Debugger.SearchInContentResponse,
  ];
  "Debugger.pause": [NoParams, void];
  "Debugger.resume": [Protocol.Debugger.ResumeRequest, void];
  "HeapProfiler.collectGarbage": [NoParams, void];
  "HeapProfiler.getObjectByHeapObjectId": [
    Protocol.HeapProfiler.GetObjectByHeapObjectIdRequest,
    Protocol.HeapProfiler.GetObjectByHeapObjectIdResponse,
  ];
  "HeapProfiler.disable": [NoParams, void];
  "HeapProfiler.takeHeapSnapshot": [Protocol.HeapProfiler.TakeHeapSnapshotRequest, void];
  /** Node's own way to its workers, see `node_workers.ts`. */
  "NodeWorker.enable": [{ readonly waitForDebuggerOnStart: boolean }, void];
  "NodeWorker.disable": [NoParams, void];
  "NodeWorker.sendMessageToWorker": [
    { readonly sessionId: string; readonly message: string },
    void,
  ];
  "Runtime.getHeapUsage": [NoParams, Protocol.Runtime.GetHeapUsageResponse];
  "Runtime.enable": [NoParams, void];
  "Runtime.disable": [NoParams, void];
  "Runtime.evaluate": [Protocol.Runtime.EvaluateRequest, Protocol.Runtime.EvaluateResponse];
  "Runtime.callFunctionOn": [
    Protocol.Runtime.CallFunctionOnRequest,
    Protocol.Runtime.CallFunctionOnResponse,
  ];
  "Runtime.getExceptionDetails": [
    Protocol.Runtime.GetExceptionDetailsRequest,
    Protocol.Runtime.GetExceptionDetailsResponse,
  ];
  "Runtime.getProperties": [
    Protocol.Runtime.GetPropertiesRequest,
    Protocol.Runtime.GetPropertiesResponse,
  ];
  "Runtime.queryObjects": [
    Protocol.Runtime.QueryObjectsRequest,
    Protocol.Runtime.QueryObjectsResponse,
  ];
  "Runtime.releaseObjectGroup": [Protocol.Runtime.ReleaseObjectGroupRequest, void];
  "Runtime.runIfWaitingForDebugger": [NoParams, void];
  /** Only for a worker that was told to close: to any other it raises an error that ends the whole subject. */
  "Runtime.terminateExecution": [NoParams, void];
  "Target.setAutoAttach": [Protocol.Target.SetAutoAttachRequest, void];
}

/** Events: what they carry. `Debugger.scriptParsed` is handed over as text, see `Inspector.onScriptParsed`. */
export interface Events {
  "Debugger.paused": Protocol.Debugger.PausedEvent;
  "Debugger.resumed": NoParams;
  "HeapProfiler.addHeapSnapshotChunk": Protocol.HeapProfiler.AddHeapSnapshotChunkEvent;
  "HeapProfiler.reportHeapSnapshotProgress": Protocol.HeapProfiler.ReportHeapSnapshotProgressEvent;
  "NodeWorker.attachedToWorker": {
    readonly sessionId: string;
    readonly workerInfo: { readonly workerId: string; readonly url: string };
  };
  "Runtime.executionContextCreated": Protocol.Runtime.ExecutionContextCreatedEvent;
  "Target.attachedToTarget": Protocol.Target.AttachedToTargetEvent;
  "Target.detachedFromTarget": Protocol.Target.DetachedFromTargetEvent;
}

/** A command without parameters takes an empty object. */
export type NoParams = Record<string, never>;

/** Names of the commands. */
export type Command = keyof Commands;
/** Parameters of a command. */
export type CommandParams<C extends Command> = Commands[C][0];
/** What a command answers. */
export type CommandResult<C extends Command> = Commands[C][1];
/** Names of the events. */
export type EventName = keyof Events;
