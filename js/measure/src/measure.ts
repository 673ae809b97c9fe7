import { acted } from "./action";
import { reduce } from "./address";
import { deliver, empty, flush } from "./delivery";
import type { ClickKind, Event_ } from "./event";
import { script, tag } from "./tag";
import { take } from "./visit";

// Counts pages, actions and leaves while there is a yes; ends with it, and drops what is unsent.

let on = false;
let path: string; // of the page now counted
let visit: string; // of that page, which its leaves keep
let since: number; // when it became visible; 0 while hidden
let deepest: number; // px

const add = (event: Event_): void => {
  const token = on && tag.yes_();
  if (!token) return;
  const [id, nth] = take(event.k == "leave" ? visit : "");
  if (event.k == "pageview") visit = id;
  deliver(token, id, nth, event);
};

const look = (): void => {
  since = document.hidden ? 0 : performance.now();
};

const page = (r: string): void => {
  path = reduce(location);
  deepest = 0;
  look();
  add({ k: "pageview", p: path, r, a: performance.now() });
};

const scrolled = (): void => {
  deepest = Math.max(deepest, scrollY + innerHeight);
};

const leave = (): void => {
  if (since) {
    scrolled();
    const a = performance.now();
    const d = Math.round((a - since) / 1e3);
    // Against the height now: a page that grew while being read was not read to its end.
    const s = Math.min(Math.round((deepest / document.documentElement.scrollHeight) * 100), 100);
    since = 0;
    add({ k: "leave", p: path, d, s, a });
  }
  flush();
};

addEventListener("visibilitychange", () => {
  leave();
  look();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => {
  if (event.persisted) page("");
});
addEventListener("scroll", scrolled);
// Capturing, so that what a page stops is counted too.
const told = (x: string, y: ClickKind): void => add({ k: "click", p: path, x, y, a: performance.now() });
for (const type of ["click", "auxclick", "submit"])
  addEventListener(type, (event) => acted(event, told), true);

script.api = {
  sync_() {
    if (on == (on = !!tag.yes_())) return;
    if (on)
      page(document.referrer.split("/", 3).join("/")); // no more than its origin
    else {
      empty();
      tag.set_(tag.visit_, "");
    }
  },
  track_([x, m, { value: b, currency: u } = {}], a) {
    add({ k: "event", p: path, x, m, b, u, a });
  },
};
