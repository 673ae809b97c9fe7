import { inject, vi } from "vitest";
import type { Row, Told } from "../src/wire";

declare module "vitest" {
  interface ProvidedContext {
    english: string;
  }
}

// A visitor's browser on the page as the collector renders it, and a collector that answers as a test says.

export const KEY = "k1.kid.payload.mac";
export const SITE = "example.com";

const purpose = { measure: "pages", returning: "return", ads: "adverts" };
const stored = { page: "The page.", time: "The time." };

/** The words themselves, as far as TOML of plain sentences needs reading. */
export const WORDS: Record<string, string> = Object.fromEntries(
  [
    ...inject("english")
      .split("[page]")[1]!
      .matchAll(/^(\w+) = "(.*)"$/gm),
  ].map(([, name, text]) => [name, text]),
);

const GERMAN = { ...WORDS, given_title: "Ja am {date}." };

const realTimeout = setTimeout;

/** What was asked: path and body, in order. */
export const deeds: { path: string; body?: unknown }[] = [];
/** What is answered: status (0 for none at all) and body, by path. */
export const answers: Record<string, [number, unknown]> = {};

/** What an answer waits for, by path. */
export const held: Record<string, Promise<void>> = {};

export function rows(count: number): Row[] {
  const one = (at: number): Row => ({
    words: `You read /${at + 1}`,
    expires: "2028-12-22",
    occurred_at: "2026-11-22T08:14:02Z",
    path: `/${at + 1}`,
    target: null,
  });
  return Array.from({ length: count }, (_, at) => one(at));
}

export function told(): Told {
  const seen = { controller: "Example Ltd", contact: "privacy@example.com", authority: "", k: 5 };
  return {
    site: SITE,
    choice: {
      state: "given",
      purposes: ["measure", "returning"],
      at: "2026-10-03T14:02:09Z",
      expires: "2027-04-01T14:02:09Z",
    },
    records: [
      {
        sequence: 7,
        kind: "given",
        at: "2026-10-03T14:02:09Z",
        notice: "seen",
        purposes: ["measure", "returning"],
        source: "banner",
        shown: "byleave",
        receipt: "e30.e30.c2ln",
      },
    ],
    notices: [
      { id: "seen", url: "/c/notice/seen", published: "2026-09-28T09:00:00Z", retention_months: 25, ...seen },
    ],
    visits: [
      {
        began: "2026-11-22T08:14:02Z",
        country: "DE",
        city: "Berlin",
        browser: "Safari",
        device: "mobile",
        source: "Google",
        steps: [
          { kind: "pageview", target_kind: "", name: "/" },
          { kind: "click", target_kind: "button", name: "Order" },
        ],
      },
    ],
    visits_left_out: 0,
    rows: rows(1),
    columns: { path: "page", odd: "Known to the store alone" },
    erasures: { waiting: false },
  };
}

function page(language: string, words: unknown): string {
  const data = JSON.stringify({ ...(words as object), yes: "Yes", no: "No", purpose, stored });
  const shown = data.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
  return `<!doctype html><html lang="${language}" dir="ltr"><head><title>T</title></head>
    <body data-words="${shown}" data-contact="privacy@example.com"><a class="skip" href="#main">skip</a>
    <header><p><span id="site"></span></p><nav><a lang="${language}" href="?lang=${language}" aria-current="true">x</a>
    <a lang="de" href="?lang=de">Deutsch</a></nav></header><main id="main"></main><p id="said"></p><footer></footer>
    </body></html>`;
}

const listening: (() => void)[] = [];
const listen = window.addEventListener.bind(window);

/** A browser that was nowhere, and a collector that has everything. */
export function reset(): void {
  deeds.length = 0;
  document.body.replaceWith(document.createElement("body")); // with all that listens to it
  for (const stop of listening.splice(0)) stop();
  for (const path of Object.keys(answers)) delete answers[path];
  answers.me = [200, told()];
  answers["me/erase"] = [202, { job: "a job" }];
  answers.jobs = [200, { state: "waiting" }];
}

/** Open the page; `fragment` is what stands behind its address. */
export async function arrive(fragment: string): Promise<void> {
  vi.stubGlobal("fetch", fetched);
  const parsed = new DOMParser().parseFromString(page("en", WORDS), "text/html");
  document.documentElement.lang = "en";
  Object.assign(document.body.dataset, parsed.body.dataset);
  document.body.replaceChildren(...parsed.body.children);
  history.replaceState(null, "", `/c/you${fragment}`);
  vi.stubGlobal("addEventListener", (name: string, act: () => void) => {
    listen(name, act);
    listening.push(() => window.removeEventListener(name, act));
  });
  vi.resetModules();
  await import("../src/you");
  await settled();
}

async function fetched(path: string, options: RequestInit): Promise<Response> {
  const body = options.body ? { body: JSON.parse(String(options.body)) as unknown } : {};
  deeds.push({ path, ...body });
  if (path.startsWith("you"))
    return new Response(
      page("de", GERMAN)
        .replace('aria-current="true"', "")
        .replace('href="?lang=de">D', 'href="?lang=de" aria-current="true">D'),
    );
  const name = path.split("?")[0]!;
  await held[name];
  const [status, content] = answers[name] ?? answers[name.split("/")[0]!]!;
  if (!status) throw new TypeError("no network");
  return new Response(JSON.stringify(content), { status, headers: { "retry-after": "7" } });
}

/** Everything that was begun has ended, whatever the clock of the test says. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((done) => realTimeout(done, 4));
}

export function main<Found extends Element = HTMLElement>(selector: string): Found {
  return document.querySelector<Found>(`main ${selector}`)!;
}

export function press(name: string): void {
  const all = [...document.querySelectorAll<HTMLButtonElement>("dialog button, button")];
  all.find((button) => button.textContent == name)!.click();
}
