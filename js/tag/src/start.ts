import type { Banner, Byleave, Handle, Measure, PartScript, State, Status } from "./handle";

// The start of the builds' SHA-256, put in by build.mjs.
declare const __MEASURE__: string;
declare const __BANNER__: string;

// A refusal is kept by month only, so 215 days after its first day are six months after its last.
const NO_LASTS_MS = 215 * 864e5;

/** The tag of one site, silent until there is a yes. Each byte here is paid before it, so what can wait is in parts. */
export function start(script: HTMLScriptElement): void {
  const { dataset: data, src } = script;
  const base = src.replace(/(tag|t\/\w+)\.js.*/, "");
  const site = data.site || new URL(src).searchParams.get("site") || location.hostname;
  const key = `byleave:${site}`;
  const page = window as unknown as Record<string, unknown>;
  const parts: Record<string, Promise<never>> = {};

  // What storage would not take (denied, full) lives as long as the page.
  let box: Record<string, string> = {};
  try {
    box = localStorage || box;
  } catch {}
  const get = (name: string): string => box[name] || "";
  const set = (name: string, text: string): void => {
    try {
      if (text) box[name] = text;
      else delete box[name];
    } catch {
      box = { [name]: text };
    }
  };

  const store = (state: State): void =>
    set(key, state.token || state.access_key ? JSON.stringify(state) : state.no ? `no.${state.no}` : "");
  const read = (): State => {
    let state: State;
    try {
      const text = get(key);
      state = text[0] == "n" ? { no: text.slice(3) } : JSON.parse(text);
    } catch {
      return {};
    }
    const { no, token, expires, access_key } = state;
    const until = no ? Date.parse(no) + NO_LASTS_MS : Date.parse(expires as string);
    // A no beside a token is a withdrawal still to be confirmed: it never lapses.
    if (!(until > Date.now() || (no && token))) store((state = { access_key }));
    return state;
  };
  const write = (state: State): void => {
    store(state);
    changed();
  };
  const signal = (): boolean =>
    (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
    /^(1|yes)$/.test(navigator.doNotTrack as string);
  const status = (): Status => {
    const { no, token, purposes = [] } = read();
    return { state: no ? "no" : token ? "yes" : "unset", purposes, signal: signal() };
  };
  const yes = (): string | false | undefined => {
    const { no, token } = read();
    return !no && !signal() && token;
  };

  const part = <Part>(hash: string): Promise<Part | undefined> =>
    (parts[hash] ||= new Promise((resolve) => {
      const element = document.createElement("script") as PartScript<never>;
      element.nonce = script.nonce;
      element.src = `${base}t/${hash}.js`;
      element.tag = handle;
      element.onload = () => resolve(element.api!);
      element.onerror = () => {
        delete parts[hash]; // so that a later click tries again
        resolve(undefined as never);
      };
      document.head.append(element);
    }));
  const measure = () => part<Measure>(__MEASURE__);
  const banner = () => part<Banner>(__BANNER__);

  const changed = (): void => {
    sync();
    document.dispatchEvent(new Event("byleave:consent"));
  };
  // Measuring is loaded at the first yes; from then on it hears of every change.
  const sync = (): void => {
    if (yes() || parts[__MEASURE__]) measure().then((m) => m?.sync_());
  };
  const ask = (): void => {
    const { state, signal } = status();
    if (state == "unset" && !signal && data.banner != "off") banner().then((b) => b?.open_(false));
  };
  const no = (): void => write({ ...read(), no: new Date().toISOString().slice(0, 7) });
  const withdraw = (): Promise<void> => {
    no(); // stops every tab, before the network has its say
    return banner().then((b) => b!.withdraw_());
  };

  const api: Byleave = {
    consent: {
      grant: (purposes) => banner().then((b) => b!.grant_(purposes, "api")),
      refuse: () => (read().token ? withdraw() : no()),
      withdraw,
      status,
      open: () => banner().then((b) => b?.open_(true)),
    },
    track: (...args) => {
      const at = performance.now();
      if (yes()) measure().then((m) => m?.track_(args, at));
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
    const { no, token } = read();
    if (no && token) withdraw().catch(() => {});
    sync();
    ask();
  };

  if (page[key] || (top != window && !("frames" in data))) return;
  page[key] = page.byleave ||= api;
  addEventListener("storage", (event) => {
    if (!event.key || event.key == key) changed();
  });
  // A page that comes back from the back-forward cache missed what other tabs said.
  addEventListener("pageshow", (event) => {
    if (event.persisted) changed();
  });
  addEventListener("click", (event) => {
    if ((event.target as Element).closest?.("[data-byleave-choices]")) {
      event.preventDefault();
      api.consent.open();
    }
  });
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
}
