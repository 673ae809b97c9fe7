import type { Handle } from "../../tag/src/handle";

/** The tag this part was loaded by. The part is one script an tag, so its state needs no other owner than its modules. */
export let tag: Handle;

export const use = (handle: Handle): void => {
  tag = handle;
};
