import type { Measure, More, TrackArguments } from "../../tag/src/handle";
import { acted } from "./action";
import { reduce } from "./address";
import { deliver, empty, flush } from "./delivery";
import type { Happened } from "./event";
import { tag } from "./tag";

// Counts pages, actions and leaves while there is a yes; ends with it, and drops what is unsent.

declare const __HASH__: boolean; // this build follows hash routes
declare const __MORE__: string;

/** Its id; none where nothing was counted. */
type Visit = string | false | undefined;

const RARE = "[data-byleave-event],[data-byleave-status],[name^=byleave]";
const TICK_MS = 500;

let on = false;
let path: string; // of the page now counted
let visit: Visit; // of that page, which its leaves keep
let halves = 0; // seconds that the page was visible and had the focus since its last leave, doubled
let deepest: number; // px
let height: number; // px
let referrer = document.referrer.split("/", 3).join("/"); // no more than its origin, of the first page counted

/** The visit it was added to, if there is a yes; `left` for a leave. */
const add = (happened: Happened, left?: Visit): Visit => {
  const token = on && tag.yes_();
  return token && deliver(token, { p: path, a: performance.now(), ...happened }, left);
};

let rare: Promise<More> | 0 | undefined;
/** What few pages have: events of their own. Imported once: several imports under way end in any order, and so would events. */
const more = (found: unknown, event?: Event | TrackArguments): void => {
  if (found)
    (rare ||= tag.part_<More>(__MORE__)).then(
      (tell) => tell(add, found, event),
      () => (rare = 0),
    );
};

const here = (entered?: boolean): string =>
  reduce(
    __HASH__ ? new URL(location.hash.replace(/^#!?\/?/, "./"), location as unknown as string) : location,
    "",
    entered,
  );

const page = (r: string): void => {
  path = here();
  deepest = halves = 0;
  visit = add({ k: "pageview", p: here(true), r });
  more(document.querySelector(RARE));
};

const leave = (): void => {
  // Against the last height: a page that grew while being read was not read to its end.
  if (halves)
    add({ k: "leave", d: (halves + 1) >> 1, s: Math.min(((deepest / height) * 100) | 0, 100) }, visit);
  halves = 0;
};

/** An address that changed without loading is another page. */
const moved = (): boolean => {
  const other = path != here();
  if (other) {
    leave();
    page("");
  }
  return other;
};

/** Begin or end with the state. */
const sync = (): void => {
  if (on != (on = !!tag.yes_())) {
    if (on) {
      page(referrer);
      referrer = "";
    } else {
      empty();
      tag.set_(tag.visit_, "");
    }
  }
};

// Asking is smaller than listening, and right where nothing tells: a route taken without history, a page restored from
// the back-forward cache, focus that goes into a frame, a computer that slept. Not of a hidden page: one on its way into
// that cache still runs for a moment, and would be counted as if it had come back.
setInterval(() => {
  if (!document.hidden) {
    sync();
    if (!moved() && document.hasFocus()) {
      halves++;
      deepest = Math.max(deepest, scrollY + innerHeight);
      height = document.documentElement.scrollHeight;
    }
  }
}, TICK_MS);

// Capturing, so that what a page stops is counted too.
for (const type of ["click", "auxclick", "submit", "visibilitychange", "pagehide"])
  addEventListener(
    type,
    (event) => {
      moved();
      if (/e$/.test(type)) {
        leave();
        flush();
        // A page that comes back from the back-forward cache is counted again.
        on &&= type > "q";
      } else {
        more(tag.find_(event, RARE), event);
        acted(event, add);
      }
    },
    true,
  );

export default ((event) => {
  sync();
  if (event) {
    moved();
    more(1, event);
  }
}) satisfies Measure;
