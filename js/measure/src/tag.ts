import type { Measure, PartScript } from "../../tag/src/handle";

/** This part, loaded once by each tag that needs it; so its state needs no other owner than its modules. */
export const script = document.currentScript as PartScript<Measure>;

export const { tag } = script;
