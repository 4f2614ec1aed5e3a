/** The same, with what an actor cannot do without. @module */

import "node:async_hooks";
import "./closing_worker.ts";
