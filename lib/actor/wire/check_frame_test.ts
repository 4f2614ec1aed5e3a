import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { test } from "../../../tests/support/runtime_testing.ts";
import { FRAME_SAMPLES } from "../../../tests/support/frame_samples.ts";
import { framesIn, MAX_ERRORS, MAX_FRAMES } from "./check_frame.ts";
import { type Frame, ProtocolError, WIRE_VERSION } from "./frame.ts";

const PEER = "root/peer";

/** A frame as its receiver sees it. */
function seen(frame: Frame): Frame {
  if (!("side" in frame)) return frame;
  return { ...frame, side: frame.side === "mine" ? "yours" : "mine" };
}

function refusal(message: unknown): string {
  return assertThrows(() => framesIn(message, PEER), ProtocolError).message;
}

test("framesIn gives every kind of frame as its receiver sees it, alone and together", () => {
  for (const frame of FRAME_SAMPLES) {
    assertEquals(framesIn(structuredClone(frame), PEER), [seen(frame)]);
  }
  assertEquals(framesIn(structuredClone(FRAME_SAMPLES), PEER), FRAME_SAMPLES.map(seen));
});

test("framesIn refuses what is no frame", () => {
  for (const message of [null, undefined, "x", 1, new Uint8Array(3), [[{ kind: "bye" }]]]) {
    refusal(message);
  }
  assertStringIncludes(refusal({}), "a frame of no kind");
  assertStringIncludes(refusal({ kind: "hello" }), "unknown frame kind hello");
  assertStringIncludes(refusal([]), "a message of 0 frames");
  assertStringIncludes(refusal(new Array(MAX_FRAMES + 1).fill({ kind: "bye" })), "1025 frames");
  assertStringIncludes(refusal(new Array(3)), "not a frame");
});

test("framesIn refuses another version in a handshake", () => {
  for (const version of [undefined, 1, WIRE_VERSION + 1, "2", null]) {
    assertStringIncludes(refusal({ kind: "handshake", version, path: "root" }), "wire version");
  }
});

test("framesIn refuses a frame in which any field but a value is missing or has the wrong type", () => {
  const wrong = [-1, 1.5, Symbol.iterator.description, true, null, undefined, [], {}, new Date(0)];
  for (const frame of FRAME_SAMPLES) {
    for (const key of Object.keys(frame)) {
      if (key === "value" || key === "kind") continue;
      const refused = wrong.filter((value) => {
        try {
          framesIn({ ...frame, [key]: value }, PEER);
          return false;
        } catch (error) {
          assert(error instanceof ProtocolError, `${frame.kind}.${key}: ${error}`);
          return true;
        }
      });
      assert(refused.length >= wrong.length - 2, `${frame.kind}.${key}: ${refused.length}`);
    }
  }
});

test("framesIn takes an error tree up to its bound, also where parts are shared or hold themselves", () => {
  const leaf = {
    type: "E",
    message: "",
    stack: "",
    actor: "",
    cause: null,
    reason: null,
    code: null,
  };
  const errors = (count: number) => new Array(count).fill({ ...leaf, errors: [] });
  const frame = (error: unknown) => ({ kind: "error", call: 1, error });
  framesIn(frame({ ...leaf, errors: errors(MAX_ERRORS - 1) }), PEER);
  refusal(frame({ ...leaf, errors: errors(MAX_ERRORS) }));
  const knot: { errors: unknown[] } = { ...leaf, errors: [] };
  knot.errors.push(knot, knot);
  refusal(frame(knot));
});
