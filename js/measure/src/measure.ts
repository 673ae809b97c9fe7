import type { Measure, PartScript } from "../../tag/src/handle";
import { target } from "./action";
import { reduce } from "./address";
import { deliver, empty, flush } from "./delivery";
import type { Event_ } from "./event";
import { tag, use } from "./tag";
import { type Place, take } from "./visit";

// Counts pages, actions and leaves while there is a yes; ends with it, and drops what is unsent.

let on = false;
let listening: boolean;
let path: string; // of the page now counted
let place: Place; // where its leaves go: its visit, and the number after its latest event there
let since: number; // when it was last seen to become visible; 0 while hidden
let seen: number; // ms visible before that
let told: number; // seconds of them in earlier leaves
let deepest: number; // px

function add(event: Event_, at = performance.now()): void {
  const token = on && tag.yes_();
  if (!token) return;
  const [visit, nth] = take(event.k == "leave" ? place : undefined);
  if (event.k == "pageview" || visit == place[0]) place = [visit, nth + 1];
  deliver(token, event, [visit, nth], at);
}

function page(r?: string): void {
  path = reduce(location);
  seen = told = deepest = 0;
  since = document.hidden ? 0 : performance.now();
  add({ k: "pageview", p: path, r });
}

function scrolled(): void {
  deepest = Math.max(deepest, scrollY + innerHeight);
}

function leave(): void {
  if (since) {
    scrolled();
    seen += performance.now() - since;
    since = 0;
    // In whole seconds; what rounding holds back comes with the next leave.
    const d = Math.round(seen / 1e3) - told;
    told += d;
    // Against the height now: a page that grew while being read was not read to its end.
    const s = Math.min(Math.round((deepest / document.documentElement.scrollHeight) * 100), 100);
    add({ k: "leave", p: path, d, s });
  }
  if (on) flush();
}

function act(event: Event): void {
  const [x, y] = target(event) || [];
  if (x) add({ k: "click", p: path, x, y: y! });
}

function listen(): void {
  listening = true;
  addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else since = performance.now();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => {
    if (event.persisted && on) page();
  });
  addEventListener("scroll", scrolled);
  // Capturing, so that what a page stops is counted too.
  for (const type of ["click", "auxclick", "submit"]) addEventListener(type, act, true);
}

const make = (handle: Parameters<typeof use>[0]): Measure => {
  use(handle);
  return {
    sync_() {
      if (on == !!tag.yes_()) return;
      on = !on;
      if (on) {
        if (!listening) listen();
        page(/^https?:\/\/[^/]+/.exec(document.referrer)?.[0]);
      } else {
        empty();
        tag.visit_("");
      }
    },
    track_([x, m, { value: b, currency: u } = {}], at) {
      add({ k: "event", p: path, x, m, b, u }, at);
    },
  };
};

(document.currentScript as PartScript<Measure>).make = make;
