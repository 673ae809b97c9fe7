import type { Banner, Byleave, Handle, Measure, PartScript, State } from "./handle";
import { data, get, key, read, script, set, signal, site, src, status, store, yes } from "./state";

// The start of the builds' SHA-256, put in by bundle.mjs.
declare const __MEASURE__: string;
declare const __BANNER__: string;

// The name ends the path: a host or folder may be called tag.js too.
const base = src.replace(/(tag|t\/\w+)\.js([?#].*)?$/, "");
const page = window as unknown as Record<string, unknown>;
const parts: Record<string, Promise<never>> = {};

const quiet = (): void => {};

const part = <Part>(hash: string): Promise<Part> =>
  (parts[hash] ||= new Promise((resolve, reject) => {
    const element = document.createElement("script") as PartScript<never>;
    element.nonce = script.nonce;
    element.src = `${base}t/${hash}.js`;
    element.tag = handle;
    element.onload = () => resolve(element.api!);
    element.onerror = () => {
      delete parts[hash]; // so that a later click tries again
      reject(Error(`${element.src} did not load`));
    };
    document.head.append(element);
  }));
const measure = () => part<Measure>(__MEASURE__);
const banner = () => part<Banner>(__BANNER__);

// Measuring is loaded at the first yes; from then on it hears of every change.
const sync = (): void => {
  if (yes() || parts[__MEASURE__]) measure().then((m) => m.sync_(), quiet);
};
const changed = (): void => {
  sync();
  document.dispatchEvent(new Event("byleave:consent"));
};
const write = (state: State): void => {
  store(state);
  changed();
};
const ask = (): void => {
  if (status().state == "unset" && !signal() && data.banner != "off")
    banner().then((b) => b.open_(false), quiet);
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
    open: () => banner().then((b) => b.open_(true), quiet),
  },
  track: (...args) => {
    const at = performance.now();
    if (yes()) measure().then((m) => m.track_(args, at), quiet);
  },
  you: () => {
    open(`${base}you#${read().access_key || ""}`, "", "noopener");
  },
};

const handle: Handle = {
  site_: site,
  base_: base,
  api_: api,
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

const begin = (): void => {
  if (read().pending) tell().catch(quiet);
  sync();
  ask();
};

if (!page[key] && (top == window || "frames" in data)) {
  page[key] = page.byleave ||= api;
  addEventListener("storage", (event) => {
    if (!event.key || event.key == key) changed();
  });
  // A page that comes back from the back-forward cache missed what other tabs said.
  addEventListener("pageshow", (event) => {
    if (event.persisted) changed();
  });
  addEventListener(
    "click",
    (event) => {
      if ((event.target as Element).closest?.("[data-byleave-choices]")) {
        event.preventDefault();
        api.consent.open();
      }
    },
    true,
  );
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
}
