import type { Byleave, Handle } from "../../tag/src/handle";

/** The tag as the banner knows it: with the interface that the page has. */
export interface Asker extends Handle {
  api_: Byleave;
}
