import type { Handle } from "../../tag/src/handle";

// Put around each part by bundle.mjs.
declare const __TAG__: Handle;

/** The tag that loaded this part. */
export const tag = __TAG__;
