import type { Banner, Byleave, Handle, Measure, State, TrackArguments } from "./handle";
import { data, get, key, read, set, signal, site, src, status, store, yes } from "./state";

// The start of the builds' SHA-256, put in by bundle.mjs.
declare const __MEASURE__: string;
declare const __HASH__: string;
declare const __BANNER__: string;

// The name ends the path: a host or folder may be called tag.js too.
const base = src.replace(/(tag|t\/\w+)\.js([?#].*)?$/, "");
const page = self as unknown as Record<string, unknown>;

const find: Handle["find_"] = (event, selector) =>
  event.composedPath().find((node) => (node as Element).matches?.(selector)) as Element | undefined;
const warn = (error: unknown): void => console.warn(`Byleave: ${(error as Error).message}`);

// An import carries this script's nonce, and needs no policy under Trusted Types.
const part = <Part>(hash: string): Promise<Part> =>
  import(`${base}t/${hash}.js`).then((module) => module.default(handle));

let measuring: Promise<Measure> | 0 | undefined;
// Measuring is loaded at the first yes; from then on it hears of every change.
const measure = (event?: TrackArguments): void => {
  if (handle.yes_() || measuring)
    (measuring ||= part<Measure>("hash" in data ? __HASH__ : __MEASURE__)).then(
      (tell) => tell(event),
      () => (measuring = 0),
    );
};
const banner = (): Promise<Banner> => part(__BANNER__);

const changed = (): void => {
  measure();
  document.dispatchEvent(new Event("byleave:consent"));
};
const write = (state: State): void => {
  store(state);
  changed();
};
const ask = (): void => {
  if (!signal() && (data.cmp || (status().state == "unset" && data.banner != "off")))
    banner()
      .then((b) => b.open_(data))
      .catch(warn);
};
const no = (more?: State): void => write({ ...read(), ...more, no: new Date().toISOString().slice(0, 7) });
const tell = (): Promise<void> => banner().then((b) => b.withdraw_());
const withdraw = (): Promise<void> => {
  no({ pending: 1 }); // stops every tab, before the network has its say
  return tell();
};

const api: Byleave = {
  consent: {
    grant: (purposes) => banner().then((b) => b.grant_(purposes, "api")),
    refuse: () => (read().token ? withdraw() : no()),
    withdraw,
    status,
    open: () => banner().then((b) => b.open_()),
  },
  track: (...event) => {
    if (handle.yes_()) shown.then(() => measure(event));
  },
  you: () => {
    open(`${base}you#${read().access_key || ""}`, "", "noopener");
  },
};

const handle: Handle = {
  site_: site,
  base_: base,
  part_: part,
  find_: find,
  visit_: `${key}.visit`,
  get_: get,
  set_: set,
  read_: read,
  write_: write,
  yes_: yes,
  lapse_: (status) => {
    write({ access_key: read().access_key });
    if (status == 409) ask();
    if (status == 410) no();
  },
};

// A page that is prerendered or opened in the background begins when somebody sees it.
const shown = new Promise((resolve) =>
  document.hidden ? addEventListener("visibilitychange", resolve) : resolve(0),
);

if (!page[key] && (top == self || "frames" in data)) {
  page[key] = page.byleave ||= api;
  shown.then(() => {
    addEventListener("storage", (event) => {
      if (!event.key || event.key == key) changed();
    });
    addEventListener(
      "click",
      (event) => {
        const way = find(event, "[data-byleave-choices]") as HTMLAnchorElement;
        if (way) {
          event.preventDefault();
          api.consent.open().catch((error) => {
            warn(error);
            if (way.href) location.href = way.href;
          });
        }
      },
      true,
    );
    if (read().pending) tell().catch(warn);
    measure();
    ask();
  });
}
