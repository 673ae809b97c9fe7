import { acted } from "./action";
import { reduce } from "./address";
import { deliver, empty, flush } from "./delivery";
import type { Happened } from "./event";
import { script, tag } from "./tag";
import { take } from "./visit";

// Counts pages, actions and leaves while there is a yes; ends with it, and drops what is unsent.

let on = false;
let path: string; // of the page now counted
let visit: string; // of that page, which its leaves keep
let since: number; // when it became visible; 0 while hidden
let deepest: number; // px
let referrer = document.referrer.split("/", 3).join("/"); // no more than its origin, of the first page counted

/** `a`: when it happened, in ms of this page. */
const add = (happened: Happened, a = performance.now()): void => {
  const token = on && tag.yes_();
  if (!token) return;
  const [id, nth] = take(happened.k == "leave" ? visit : "");
  if (happened.k == "pageview") visit = id;
  deliver(token, id, nth, { p: path, a, ...happened });
};

const look = (): void => {
  since = document.hidden ? 0 : performance.now();
};

const page = (r: string): void => {
  path = reduce(location);
  deepest = 0;
  look();
  add({ k: "pageview", r });
};

const scrolled = (): void => {
  deepest = Math.max(deepest, scrollY + innerHeight);
};

const leave = (): void => {
  if (since) {
    scrolled();
    const d = Math.round((performance.now() - since) / 1e3);
    // Against the height now: a page that grew while being read was not read to its end.
    const s = Math.min(Math.round((deepest / document.documentElement.scrollHeight) * 100), 100);
    since = 0;
    add({ k: "leave", d, s });
  }
  flush();
};

addEventListener("visibilitychange", () => {
  leave();
  look();
});
addEventListener("pagehide", () => {
  leave();
  on = false; // the tag calls again when the page comes back from the back-forward cache
});
addEventListener("scroll", scrolled);
// Capturing, so that what a page stops is counted too.
for (const type of ["click", "auxclick", "submit"])
  addEventListener(type, (event) => acted(event, (x, y) => add({ k: "click", x, y })), true);

script.api = {
  sync_() {
    if (on == (on = !!tag.yes_())) return;
    if (on) {
      page(referrer);
      referrer = "";
    } else {
      empty();
      tag.set_(tag.visit_, "");
    }
  },
  track_([x, m, { value: b, currency: u } = {}], a) {
    add({ k: "event", x, m, b, u }, a);
  },
};
