/** What visitors may be asked for. `measure` is part of every yes. */
export type Purpose = "measure" | "returning" | "ads";

/** `unset`: not answered, or the answer lapsed. */
export interface Status {
  state: "unset" | "yes" | "no";
  purposes: Purpose[];
  /** Global Privacy Control or Do Not Track is on: nothing is asked or collected, whatever the state. */
  signal: boolean;
}

export type Props = Record<string, string | number | boolean>;

export interface Extra {
  value?: number;
  currency?: string;
}

/** What the tag puts at `window.byleave`. */
export interface Byleave {
  consent: {
    /** `measure` is part of every yes. Rejects with a sentence when none could be recorded. */
    grant(purposes?: Purpose[]): Promise<void>;
    /** A no; where a yes stands, its withdrawal. */
    refuse(): Promise<void> | void;
    /** Stops at once; rejects when the collector could not be told, which the next page then tries again. */
    withdraw(): Promise<void>;
    status(): Status;
    /** Rejects with a sentence where the banner or its texts cannot be had. */
    open(): Promise<void>;
  };
  track(name: string, props?: Props, extra?: Extra): void;
  you(): void;
}

/** A consent tool that can be followed; `auto`: whichever is found. */
export type Tool =
  "auto" | "tcf" | "gpp" | "consent-mode" | "cookiebot" | "onetrust" | "klaro" | "cookieconsent" | "wp";

/** One build of the tag, as `byleave site show <site> --sri` prints it. */
export interface Pinned {
  /** The hexadecimal digits in the tag's address. */
  build: string;
  integrity: `sha${256 | 384 | 512}-${string}`;
}

export interface Options {
  /** Where your Byleave answers: its origin, or an empty text where your website's own name does. */
  collector: string;
  /** The site as added with `byleave site add`; the page's hostname when left out. */
  site?: string;
  /** Path of the tag's routes: BYLEAVE_PREFIX. */
  prefix?: string;
  /** `false`: your page asks by itself and calls `consent.grant` or `consent.refuse`. */
  banner?: boolean;
  /** Work inside a frame too. */
  frames?: boolean;
  /** Routes lie behind the `#`. */
  hash?: boolean;
  /** Follow the consent tool that the site has, in place of the banner; several where GPP stands beside one. */
  cmp?: Tool | readonly Tool[];
  /** The tool's categories that stand for a purpose, separated by spaces, all of which must be given. */
  categories?: Partial<Record<Purpose, string>>;
  /** Run no bytes but these. The parts are pinned by the import map that is printed with them, in the page's HTML. */
  pinned?: Pinned;
  /** Of the page's policy. */
  nonce?: string;
}

let loading: Promise<Byleave> | undefined;

const present = (): Byleave | undefined => (globalThis as unknown as { byleave?: Byleave }).byleave;

const nowhere = (): Promise<never> =>
  Promise.reject(new Error("Byleave: there is no tag here; call load first, in a page."));

/**
 * Puts the tag into the page, once however often it is called; on a server it does nothing. Resolves when the tag runs,
 * false where it does not: blocked, another address, inside a frame, on a server. A block is a no.
 */
export function load(options: Options): Promise<boolean> {
  if (typeof document == "undefined") return Promise.resolve(false);
  loading ||= present() ? Promise.resolve(present()!) : insert(options);
  return loading.then(
    () => true,
    () => false,
  );
}

function insert({ collector, site, prefix = "/c", nonce, pinned, ...more }: Options): Promise<Byleave> {
  const script = document.createElement("script");
  script.async = true;
  if (nonce) script.nonce = nonce;
  if (pinned) {
    script.integrity = pinned.integrity;
    script.crossOrigin = "anonymous";
  }
  if (site) script.dataset.site = site;
  if (more.banner === false) script.dataset.banner = "off";
  if (more.frames) script.dataset.frames = "";
  if (more.hash) script.dataset.hash = "";
  if (more.cmp?.length) script.dataset.cmp = [more.cmp].flat().join(" ");
  for (const [purpose, names] of Object.entries(more.categories ?? {}))
    script.setAttribute(`data-cmp-${purpose}`, names);
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error("Byleave: the tag did not load."));
    script.onload = () => {
      const byleave = present();
      if (byleave) resolve(byleave);
      else failed();
    };
    script.onerror = failed;
    script.src = trusted(
      `${collector.replace(/\/$/, "")}${prefix}/${pinned ? `t/${pinned.build}` : "tag"}.js`,
    );
    document.head.append(script);
  });
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** Under Trusted Types an element takes its address from a policy alone: this one is named `byleave`. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  return types
    ? types.createPolicy("byleave", { createScriptURL: (same) => same }).createScriptURL(url)
    : url;
}

const ready = (): Promise<Byleave> => {
  const byleave = present();
  return byleave ? Promise.resolve(byleave) : loading || nowhere();
};

const UNSET: Status = { state: "unset", purposes: [], signal: false };

/** As `window.byleave.consent`; what is called while the tag still loads waits for it, and rejects where it fails. */
export const consent = {
  grant: (purposes?: Purpose[]): Promise<void> => ready().then((byleave) => byleave.consent.grant(purposes)),
  refuse: (): Promise<void> => ready().then((byleave) => byleave.consent.refuse()),
  withdraw: (): Promise<void> => ready().then((byleave) => byleave.consent.withdraw()),
  /** `unset` until the tag runs. */
  status: (): Status => present()?.consent.status() ?? UNSET,
  open: (): Promise<void> => ready().then((byleave) => byleave.consent.open()),
  /** Calls back at each change, until the function it returns is called. */
  onChange(told: (status: Status) => void): () => void {
    if (typeof document == "undefined") return () => {};
    const listener = () => told(consent.status());
    document.addEventListener("byleave:consent", listener);
    return () => document.removeEventListener("byleave:consent", listener);
  },
};

/** Reports an event of your own. Without a yes it does nothing, and keeps nothing for later. */
export function track(name: string, props?: Props, extra?: Extra): void {
  present()?.track(name, props, extra);
}

/** Opens the page on which visitors see what was noted about them. */
export function you(): void {
  present()?.you();
}
