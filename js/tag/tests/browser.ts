import { inject, vi } from "vitest";
import type { Byleave, State } from "../src/handle";

declare module "vitest" {
  interface ProvidedContext {
    builds: { name: string; code: string; sha256: string }[];
  }
}

/** A page with the built tag in it, and a stand-in for the network and for the loading of scripts. */

const builds = inject("builds");

export const BASE = "https://hello.example.net/c/";
export const KEY = "byleave:example.com";

export interface Request_ {
  path: string;
  body: Record<string, any>;
  init: RequestInit;
}

/** POSTs and GETs in order. */
export const requests: Request_[] = [];
/** Parts loaded, in order. */
export const loaded: string[] = [];
/** Where parts were asked for, in order. */
export const addresses: string[] = [];
/** Parts that a blocker keeps away. */
export const blocked = new Set<string>();

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | "offline";
const answers = new Map<string, Answer[]>();
const standing = new Map<string, Answer>();

/** What the collector answers on a path: once each, in order; the last stands. */
export function answer(path: string, ...given: Answer[]): void {
  answers.set(path, given.slice(0, -1));
  standing.set(path, given.at(-1)!);
}

const TEXTS = {
  title: "May Example Ltd count this visit?",
  intro: "With your yes, and only then, we note:",
  purposes: { measure: "pages and clicks", returning: "that it is you" },
  note: "Kept 25 months.",
  no: "No",
  choose: "Choose",
  yes: "Yes to all",
  save: "Yes to this choice",
  notice: "Privacy notice",
  change: "Change your mind",
  saved_yes: "Saved.",
  saved_no: "Nothing is counted.",
  settings: "Privacy choices",
  failed: "That did not work.",
  withdraw: "Stop and erase",
  current_yes: "You said yes.",
  see: "See what is stored",
  current_no: "You said no.",
};

export const NOTICE = {
  site: "example.com",
  notice: "ab".repeat(32),
  purposes: ["measure", "returning"],
  query_keep: ["p"],
  since: "2026-11-01T00:00:00Z",
  texts: { en: TEXTS, de: { ...TEXTS, title: "Darf Example Ltd zählen?" } },
};
export const YES = { token: "c1.k.p.m", expires: "2027-05-01T00:00:00Z", receipt: "r", access_key: "k1.a" };

/** The state a browser holds after a yes. */
export const STATE: State = {
  ...YES,
  purposes: ["measure", "returning"],
  notice: NOTICE.notice,
  query_keep: ["p"],
};

const realTimeout = setTimeout;
const digest = crypto.subtle.digest.bind(crypto.subtle);
let hashing = 0; // done by another thread, so not over when the promises of this one are
const listeners: [EventTarget, string, EventListener, boolean?][] = [];

/** An empty page at `url`, at noon of 22 November 2026. */
export function browse(url = "https://example.com/bread?utm_source=letter&mail=jane"): void {
  vi.useFakeTimers({
    now: new Date("2026-11-22T12:00:00Z"),
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  (window as any).happyDOM.setURL(url);
  document.body.innerHTML = "";
  document.documentElement.lang = "en";
  requests.length = loaded.length = addresses.length = 0;
  answers.clear();
  standing.clear();
  blocked.clear();
  answer("site/example.com.json", { status: 200, body: NOTICE });
  answer("consent", { status: 201, body: YES });
  answer("events", { status: 202, body: { stored: 1 } });
  answer("withdraw", { status: 204 });
  vi.advanceTimersByTime(100); // a page is never 0 ms old
  vi.stubGlobal("fetch", vi.fn(respond));
  vi.spyOn(crypto.subtle, "digest").mockImplementation(async (...given) => {
    hashing++;
    return digest(...given).finally(() => {
      realTimeout(() => hashing--, 1);
    });
  });
  for (const target of [window, document]) {
    const add = target.addEventListener.bind(target) as EventTarget["addEventListener"];
    vi.spyOn(target, "addEventListener").mockImplementation(((
      type: string,
      listener: EventListener,
      options?: any,
    ) => {
      listeners.push([target, type, listener, options]);
      add(type, listener, options);
    }) as never);
  }
  modules.clear();
  vi.spyOn(Math, "random").mockReturnValue(0); // no jitter
  const matches = Element.prototype.matches;
  // happy-dom knows no `:any-link`; the browser's suite holds what it finds more than these.
  vi.spyOn(Element.prototype, "matches").mockImplementation(function (this: Element, selector) {
    return matches.call(this, selector.replace(":any-link", "a[href]"));
  });
  hide(false);
  focus(true);
  signal();
}

/** Close the page: its listeners, names and timers are gone; storage stays. */
export function leavePage(): void {
  for (const [target, type, listener, options] of listeners.splice(0))
    target.removeEventListener(type, listener, options);
  for (const name of Object.keys(window)) if (name.startsWith("byleave")) delete (window as any)[name];
  document.body.innerHTML = "";
  vi.clearAllTimers();
  vi.restoreAllMocks();
}

async function respond(url: string, init: RequestInit = {}): Promise<Response> {
  const path = url.replace(BASE, "");
  requests.push({ path, body: init.body ? JSON.parse(init.body as string) : {}, init });
  const build = builds.find(({ sha256 }) => path == `t/${sha256.slice(0, path.length - "t/.js".length)}.js`);
  if (build) return new Response(build.code);
  const given = answers.get(path)?.shift() ??
    standing.get(path) ?? { status: 404, body: { detail: "nothing here" } };
  if (given == "offline") throw new TypeError("Failed to fetch");
  const { status, body, headers } = given;
  return new Response(status == 204 ? null : JSON.stringify(body ?? {}), { status, headers: headers ?? {} });
}

const modules = new Map<string, unknown>();

/** What `import()` does, which the builds call here: a module is run once for each address, . */
async function load(url: string): Promise<unknown> {
  addresses.push(url);
  const prefix = /t\/(\w+)\.js/.exec(url)![1]!;
  const { name, code } = builds.find(({ sha256 }) => sha256.startsWith(prefix))!;
  await Promise.resolve();
  if (blocked.has(name)) throw TypeError(`Failed to fetch dynamically imported module: ${url}`);
  if (!modules.has(url)) {
    loaded.push(name);
    modules.set(url, run(code, url));
  }
  return modules.get(url);
}

/** Run a build; only its ways in and out are put in, since a module cannot be run from a text. */
function run(code: string, url: string): unknown {
  const script = code
    .replace(/\bimport\.meta\.url\b/g, "__url")
    .replace(/\bimport\(/g, "__import(")
    .replace(/export default (.*?);?\s*$/s, "return{default:$1}");
  return new Function("__import", "__url", script)(load, url);
}

/** Put the tag into the page, as a site owner would. */
export async function embed(
  attributes: Record<string, string> = {},
  src = `${BASE}tag.js`,
): Promise<Byleave> {
  const script = document.createElement("script");
  Object.defineProperty(script, "src", { value: src });
  for (const [name, value] of Object.entries({ "data-site": "example.com", ...attributes }))
    script.setAttribute(name, value);
  const current = vi.spyOn(document, "currentScript", "get").mockReturnValue(script);
  run(builds.find(({ name }) => name == "tag")!.code, src);
  current.mockRestore();
  await settle();
  return (window as any).byleave;
}

/** Let promises and module loading come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5 || hashing; turn++) await new Promise((resolve) => realTimeout(resolve, 1));
}

/** Let `ms` pass. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

export function remember(state: State | string): void {
  localStorage.setItem(KEY, typeof state == "string" ? state : JSON.stringify(state));
}

export function remembered(): any {
  const text = localStorage.getItem(KEY);
  return text?.startsWith("{") ? JSON.parse(text) : text;
}

/** The browser's signals against tracking. */
export function signal(given: { gpc?: unknown; dnt?: string | null } = {}): void {
  Object.defineProperty(navigator, "globalPrivacyControl", { value: given.gpc, configurable: true });
  Object.defineProperty(navigator, "doNotTrack", { value: given.dnt ?? null, configurable: true });
}

export function hide(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

/** Whether the page has the focus, as its window would tell. */
export function focus(focused: boolean): void {
  Object.defineProperty(document, "hasFocus", { value: () => focused, configurable: true });
}

/** SHA-256 of a build. */
export function sha256(name: string): string {
  return builds.find((build) => build.name == name)!.sha256;
}

/** The bodies POSTed to a path. */
export function posted(path: string): Record<string, any>[] {
  return requests.filter((request) => request.path == path).map((request) => request.body);
}

/** Every event sent, in order. */
export function events(): Record<string, any>[] {
  return posted("events").flatMap((body) => body.e);
}

/** The banner's root, while it shows. */
export function banner(): ShadowRoot | null {
  return document.querySelector("byleave-ask")?.shadowRoot ?? null;
}

export function dialog(): HTMLElement | null {
  return banner()?.querySelector<HTMLElement>("[role=dialog]") ?? null;
}

export async function press(label: string): Promise<void> {
  const button = [...banner()!.querySelectorAll("button")].find((one) => one.textContent == label);
  if (!button) throw Error(`There is no button "${label}".`);
  button.click();
  await settle();
}

/** What the page's console is warned of, which it then does not print. */
export function warnings() {
  return vi.spyOn(console, "warn").mockImplementation(() => {});
}
