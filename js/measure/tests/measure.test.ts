import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  KEY,
  STATE,
  YES,
  answer,
  browse,
  dialog,
  embed,
  events,
  focus,
  hide,
  leavePage,
  loaded,
  pass,
  posted,
  press,
  remember,
  remembered,
  requests,
  settle,
  signal,
  warnings,
} from "../../tag/tests/browser";

beforeEach(() => {
  localStorage.clear();
  browse();
  remember(STATE);
});
afterEach(leavePage);

const MINUTE = 60_000;

/** Click on what `html` puts into the page: its element with `id="x"`, else its first. */
function click(html: string, type = "click", init: MouseEventInit = {}): void {
  document.body.innerHTML = html;
  const element = document.querySelector("#x") ?? document.body.firstElementChild!;
  element.addEventListener("click", (event) => event.preventDefault());
  element.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, ...init }));
}

async function measured(url?: string): Promise<NonNullable<Window["byleave"]>> {
  if (url) (window as any).happyDOM.setURL(url);
  const byleave = await embed();
  await pass(1000);
  requests.length = 0;
  return byleave;
}

declare global {
  interface Window {
    byleave: Awaited<ReturnType<typeof embed>>;
  }
}

describe("a pageview", () => {
  const addresses: [string, string, string][] = [
    ["plain", "https://example.com/a/b", "/a/b"],
    [
      "no query but utm values",
      "https://example.com/?utm_source=x&q=secret&utm_term=a+b",
      "/?utm_source=x&utm_term=a+b",
    ],
    ["no fragment", "https://example.com/a#part", "/a"],
    ["what the site keeps", "https://example.com/?q=1&p=7", "/?p=7"],
    [
      "the name of an ad click alone",
      "https://example.com/?gclid=Cj0K&msclkid=ab&x=1",
      "/?gclid=1&msclkid=1",
    ],
    [
      "every network's",
      "https://example.com/?wbraid=a&li_fat_id=b&rdt_cid=c&ttclid",
      "/?wbraid=1&li_fat_id=1&rdt_cid=1&ttclid=1",
    ],
  ];
  test.each(addresses)("tells %s", async (_, url, p) => {
    (window as any).happyDOM.setURL(url);
    await embed();
    await pass(1000);
    expect(events()[0]).toMatchObject({ k: "pageview", p });
  });

  const referrers: [string, string][] = [
    ["https://search.example/find?q=private", "https://search.example"],
    ["android-app://com.example.reader/https/x", "android-app://com.example.reader"],
    ["", ""],
  ];
  test.each(referrers)("from %s tells the origin alone", async (referrer, r) => {
    vi.spyOn(document, "referrer", "get").mockReturnValue(referrer);
    await embed();
    await pass(1000);
    expect(events()[0]!.r).toBe(r);
  });

  test("goes out as the wire says", async () => {
    await embed();
    await pass(1000);
    const [{ init, body }] = requests as [(typeof requests)[0]];
    expect(init).toMatchObject({ method: "POST", keepalive: true, credentials: "omit", redirect: "error" });
    expect(Object.keys(body)).toEqual(["t", "v", "n", "i", "e"]);
    expect(body).toMatchObject({ t: YES.token, i: 0 });
    expect(body.v).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
    expect(body.n).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
    expect(body.n).not.toBe(body.v);
    expect(Number.isInteger(body.e[0].a)).toBe(true);
  });

  test("is counted again when the page comes back from the back-forward cache", async () => {
    await measured();
    window.dispatchEvent(new Event("pagehide"));
    hide(true);
    await pass(1000); // it runs for a moment more
    expect(events().map(({ k }) => k)).toEqual(["leave"]);
    hide(false);
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await pass(1000);
    expect(events()).toMatchObject([{ k: "leave" }, { k: "pageview", r: "" }]);
  });
});

describe("an address that changes without loading", () => {
  const go = (url: string): void => (window as any).happyDOM.setURL(url);

  test("is another page, once: the leave of the old comes before it, its clicks after it", async () => {
    await measured("https://example.com/");
    await pass(2000);
    go("https://example.com/about");
    click('<a href="/order">Order</a>'); // within half a second
    await pass(1000);
    expect(events().map(({ k, p, r, d }) => [k, p, r ?? d])).toEqual([
      ["leave", "/", 3],
      ["pageview", "/about", ""],
      ["click", "/about", undefined],
    ]);
    expect(posted("events").map(({ i }) => i)).toEqual([1]);
  });

  test("counts on the way back, too, and also what is left at once", async () => {
    await measured("https://example.com/");
    go("https://example.com/about");
    await pass(1000);
    go("https://example.com/");
    hide(true);
    await settle();
    expect(events().map(({ k, p }) => [k, p])).toEqual([
      ["leave", "/"],
      ["pageview", "/about"],
      ["leave", "/about"],
      ["pageview", "/"],
    ]);
  });

  const same: [string, string, string][] = [
    ["a fragment", "https://example.com/a", "https://example.com/a#part"],
    ["cleaning up after a campaign", "https://example.com/a?utm_source=x&gclid=1", "https://example.com/a"],
    ["a parameter that the site does not keep", "https://example.com/a", "https://example.com/a?sort=up"],
  ];
  test.each(same)("is the same page after %s", async (_, before, after) => {
    await measured(before);
    go(after);
    await pass(2000);
    expect(events()).toEqual([]);
  });

  test("is another by a parameter that the site keeps", async () => {
    await measured("https://example.com/");
    go("https://example.com/?p=7");
    await pass(1000);
    expect(events().at(-1)).toMatchObject({ k: "pageview", p: "/?p=7" });
  });

  test("comes before what the page tells of itself there", async () => {
    const byleave = await measured("https://example.com/");
    go("https://example.com/order");
    byleave.track("order");
    await pass(1000);
    expect(events().map(({ k, p }) => [k, p])).toEqual([
      ["leave", "/"],
      ["pageview", "/order"],
      ["event", "/order"],
    ]);
  });

  const routes: [string, string][] = [
    ["https://example.com/app/#/about?mail=jane", "/app/about"],
    ["https://example.com/app/#!/about", "/app/about"],
    ["https://example.com/app/index.html#about", "/app/about"],
    ["https://example.com/#/", "/"],
    ["https://example.com/app/?p=7", "/app/?p=7"],
  ];
  test.each(routes)("with data-hash reads %s as %s", async (url, p) => {
    go(url);
    await embed({ "data-hash": "" });
    await pass(1000);
    expect(loaded).toEqual(["hash"]);
    expect(events()).toMatchObject([{ k: "pageview", p }]);
  });

  test("with data-hash by its hash alone", async () => {
    go("https://example.com/#/");
    await embed({ "data-hash": "" });
    await pass(1000);
    go("https://example.com/#/about");
    await pass(1000);
    expect(events().map(({ k, p }) => [k, p])).toEqual([
      ["pageview", "/"],
      ["leave", "/"],
      ["pageview", "/about"],
    ]);
  });
});

describe("a click", () => {
  const cases: [string, string, { x: string; y: string } | undefined][] = [
    ["a link", '<a href="/order?mail=jane&p=2&utm_medium=x#top">Order</a>', { x: "/order?p=2", y: "link" }],
    ["within a link", '<a href="/order"><b id="x">Order</b></a>', { x: "/order", y: "link" }],
    [
      "an outbound link",
      '<a href="https://other.example/a?b=c">Away</a>',
      { x: "https://other.example/a", y: "outbound" },
    ],
    ["a file", '<a href="/menu.PDF">Menu</a>', { x: "/menu.PDF", y: "download" }],
    [
      "a file elsewhere",
      '<a href="https://cdn.example/menu.docx">M</a>',
      { x: "https://cdn.example/menu.docx", y: "download" },
    ],
    ["a download by attribute", '<a href="/menu" download>Menu</a>', { x: "/menu", y: "download" }],
    ["a page that only looks like a file", '<a href="/notes.html">N</a>', { x: "/notes.html", y: "link" }],
    ["a named link", '<a href="/order" data-byleave="Order now">Order</a>', { x: "Order now", y: "button" }],
    ["a button with an id", '<button id="more">More</button>', { x: "more", y: "button" }],
    ["a button with a name", '<button id="x" data-byleave="More">More</button>', { x: "More", y: "button" }],
    ["a button without either", "<button>Jane Doe</button>", undefined],
    ["anything named", '<div data-byleave="Card"><i id="x">!</i></div>', { x: "Card", y: "button" }],
    ["a link within the page", '<a href="#top">Up</a>', undefined],
    ["an e-mail address", '<a href="mailto:jane@example.com">Jane</a>', undefined],
    ["a telephone number", '<a href="tel:+4912345">Call</a>', undefined],
    // A submit button is told as its form's; the selector for that is beyond happy-dom, so the browser's suite holds it.
    [
      "a plain button in a form",
      '<form><button id="x" type="button">+</button></form>',
      { x: "x", y: "button" },
    ],
    ["into a named form", '<form data-byleave="Order"><input id="x"></form>', undefined],
    ["nothing in particular", "<p>Text</p>", undefined],
    ["the privacy choices", '<a id="x" href="/privacy" data-byleave-choices>Choices</a>', undefined],
    [
      "the privacy choices in a named footer",
      '<footer data-byleave="Foot"><button id="x" data-byleave-choices></button></footer>',
      undefined,
    ],
    ["an address too long", `<a href="/${"a".repeat(3000)}">L</a>`, { x: `/${"a".repeat(2047)}`, y: "link" }],
    [
      "an outbound address too long",
      `<a href="https://other.example/${"a".repeat(3000)}">L</a>`,
      { x: `https://other.example/${"a".repeat(2026)}`, y: "outbound" },
    ],
    [
      "a name too long",
      `<button data-byleave="${"n".repeat(63)}😀n"></button>`,
      { x: `${"n".repeat(63)}😀`, y: "button" }, // half of a character would cost the whole batch
    ],
  ];
  test.each(cases)("on %s", async (_, html, told) => {
    await measured("https://example.com/bread");
    click(html);
    await pass(1000);
    expect(events().map(({ x, y, k, p }) => ({ k, p, x, y }))).toEqual(
      told ? [{ k: "click", p: "/bread", ...told }] : [],
    );
  });

  test("is counted in an open shadow root, with the middle button, and where the page stops it", async () => {
    await measured();
    document.body.innerHTML = "<div></div>";
    const root = document.querySelector("div")!.attachShadow({ mode: "open" });
    root.innerHTML = '<button id="inner"></button>';
    root.querySelector("button")!.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    click('<a href="/middle">M</a>', "auxclick", { button: 1 });
    click('<a href="/right">R</a>', "auxclick", { button: 2 });
    click('<button id="button"></button>', "auxclick", { button: 1 });
    document.body.addEventListener("click", (event) => event.stopPropagation(), { once: true });
    click('<a href="/stopped">S</a>');
    await pass(1000);
    expect(events().map(({ x }) => x)).toEqual(["inner", "/middle", "/stopped"]);
  });

  const forms: [string, string, string][] = [
    ["its owner's name", '<form data-byleave="Order" id="f"></form>', "Order"],
    ["its id", '<form id="order"><input name="id" value="secret"></form>', "order"],
    ["nothing else", '<form action="/send?mail=jane"><input name="mail" value="jane"></form>', "form"],
  ];
  test.each(forms)("that submits a form tells %s", async (_, html, x) => {
    await measured();
    document.body.innerHTML = html;
    document.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(1000);
    expect(events()).toMatchObject([{ k: "click", x, y: "form" }]);
    expect(JSON.stringify(events())).not.toMatch(/jane|secret/);
  });
});

describe("a leave", () => {
  test("tells visible seconds since the page's previous leave", async () => {
    await measured(); // after 1 s
    await pass(6 * MINUTE);
    hide(true);
    await pass(MINUTE);
    hide(false);
    await pass(3000);
    hide(true);
    window.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(events().map(({ k, d }) => [k, d])).toEqual([
      ["leave", 361],
      ["leave", 3],
    ]);
  });

  test("is none of a page that was never visible", async () => {
    hide(true);
    await measured();
    window.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(events()).toEqual([]);
  });

  test("counts no second without the focus", async () => {
    await measured();
    await pass(2000);
    focus(false);
    await pass(MINUTE);
    focus(true);
    await pass(4000);
    hide(true);
    await settle();
    expect(events().map(({ d }) => d)).toEqual([7]);
  });

  const scrolls: [string, number, number[], number, number][] = [
    ["a short page", 700, [], 700, 100],
    ["a long page, unscrolled", 7680, [], 7680, 10],
    ["a long page, read and scrolled back", 7680, [3072, 0], 7680, 50],
    ["a page that grew meanwhile", 1536, [768], 7680, 20],
  ];
  test.each(scrolls)("tells the depth of %s", async (_, before, steps, after, s) => {
    await measured();
    const height = vi.spyOn(document.documentElement, "scrollHeight", "get").mockReturnValue(before);
    vi.stubGlobal("innerHeight", 768);
    for (const y of steps) {
      vi.stubGlobal("scrollY", y);
      await pass(500);
    }
    vi.stubGlobal("scrollY", 0);
    height.mockReturnValue(after);
    await pass(500);
    hide(true);
    await settle();
    expect(events()[0]!.s).toBe(s);
  });

  test("goes out at once, with what was still waiting", async () => {
    const byleave = await measured();
    byleave.track("last");
    await settle();
    hide(true);
    await settle();
    expect(posted("events").map(({ e }) => e.map(({ k }: any) => k))).toEqual([["event", "leave"]]);
  });
});

describe("a page with events of its own", () => {
  const statuses: [string, () => void][] = [
    [
      "a meta",
      () => document.head.insertAdjacentHTML("beforeend", '<meta name="byleave-status" content="404">'),
    ],
    ["an attribute", () => (document.documentElement.dataset.byleaveStatus = "404")],
  ];
  test.each(statuses)("tells its status by %s", async (_, declare) => {
    declare();
    await embed();
    await pass(1000);
    document.querySelector("[name=byleave-status]")?.remove();
    delete document.documentElement.dataset.byleaveStatus;
    expect(loaded).toEqual(["measure", "more"]);
    expect(events()).toMatchObject([{ k: "pageview" }, { k: "event", x: "404" }]);
  });

  test("loads nothing for them when it has none", async () => {
    await measured();
    click('<button id="plain"></button>');
    await pass(1000);
    expect(loaded).toEqual(["measure"]);
  });

  test("tells what an element declares, and the click on it", async () => {
    await measured();
    click(
      '<a href="/order" data-byleave-event="Order" data-byleave-value="9.5" data-byleave-currency="EUR" data-byleave-prop-loaf="rye" data-byleave-prop-from-page="home"><b id="x">Order</b></a>',
    );
    await pass(1000);
    const event = { k: "event", x: "Order", m: { loaf: "rye", fromPage: "home" }, b: 9.5, u: "EUR" };
    expect(events()).toMatchObject([{ k: "click", x: "/order" }, event]);
  });

  test("tells an element without more than a name, around a button without one", async () => {
    await measured();
    click('<div data-byleave-event="Card"><button id="x" style=""></button></div>');
    await pass(1000);
    expect(events().find(({ k }) => k == "event")).toEqual({ k: "event", p: "/bread", x: "Card", a: 400 });
  });

  test("tells what a form declares when it is sent, not when it is clicked", async () => {
    await measured();
    click('<form data-byleave-event="Signup"><input name="mail" value="jane" id="x"></form>');
    document.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await pass(1000);
    expect(events().map(({ k, x }) => [k, x])).toEqual([
      ["click", "form"],
      ["event", "Signup"],
    ]);
  });

  test.each(["auxclick", "click"])("tells nothing after the right button's %s", async (type) => {
    await measured();
    click('<div data-byleave-event="Card"></div>', type, { button: 2 });
    await pass(1000);
    expect(events()).toEqual([]);
  });
});

describe("a visit", () => {
  test("goes on over pages and tabs, and numbers its events through them", async () => {
    await embed();
    await pass(1000);
    const [first] = posted("events");
    leavePage();
    browse();
    const byleave = await embed();
    byleave.track("one");
    await pass(1000);
    const [second] = posted("events");
    expect([first!.v, first!.i]).toEqual([second!.v, 0]);
    expect([second!.i, second!.e.length]).toEqual([1, 2]);
  });

  test("numbers around an event of another tab", async () => {
    const byleave = await measured();
    byleave.track("mine");
    await settle();
    const [id, last, next] = localStorage.getItem(`${KEY}.visit`)!.split(",");
    localStorage.setItem(`${KEY}.visit`, `${id},${last},${+next! + 1}`); // the other tab took number 2
    byleave.track("mine too");
    await pass(1000);
    expect(posted("events").map(({ i, e }) => [i, e.length])).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  const pauses: [string, number, boolean][] = [
    ["29 minutes", 29 * MINUTE, false],
    ["30 minutes", 30 * MINUTE, true],
  ];
  test.each(pauses)("after %s of rest", async (_, rest, renewed) => {
    await embed();
    await pass(1000);
    const [{ v }] = posted("events") as [any];
    requests.length = 0;
    await pass(rest - 1000);
    click('<a href="/next">Next</a>');
    await pass(1000);
    expect(posted("events")[0]!.v != v).toBe(renewed);
    expect(posted("events")[0]!.i).toBe(renewed ? 0 : 1);
  });

  test("keeps the leave of its page, which is no activity", async () => {
    await embed();
    await pass(31 * MINUTE);
    hide(true); // reading ended by going to the next page
    await settle();
    hide(false);
    click('<a href="/next">Next</a>');
    await pass(1000);
    hide(true);
    await settle();
    const [page, left, clicked, leftAgain] = posted("events") as any[];
    expect(left.v).toBe(page.v);
    expect(clicked.v).not.toBe(page.v);
    expect([leftAgain.v, leftAgain.i]).toEqual([page.v, 65535]);
  });

  test("survives a clock that was set back", async () => {
    await measured();
    vi.setSystemTime(new Date("2026-11-20T12:00:00Z"));
    click('<a href="/next">Next</a>');
    await pass(1000);
    expect(events()).toMatchObject([{ k: "click", a: 400 }]);
  });
});

describe("delivery", () => {
  test("sends 50 events as one batch, at once", async () => {
    const byleave = await measured();
    for (let n = 0; n < 51; n++) byleave.track("tick");
    await settle();
    expect(posted("events").map(({ e }) => e.length)).toEqual([50]);
    await pass(1000);
    expect(posted("events").map(({ i, e }) => [i, e.length])).toEqual([
      [1, 50],
      [51, 1],
    ]);
  });

  const failures: [string, any][] = [
    ["429", { status: 429 }],
    ["503", { status: 503 }],
    ["a proxy's 502", { status: 502 }],
  ];
  test.each(failures)("tries again after %s, as the same batch, with its age", async (_, failure) => {
    const byleave = await measured();
    answer("events", failure, failure, { status: 202 });
    byleave.track("kept");
    await pass(10_000);
    const sent = posted("events");
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ n, i, v }) => `${n} ${i} ${v}`)).size).toBe(1);
    const ages = sent.map(({ e }) => e[0].a);
    expect(ages[0]).toBe(400);
    expect(ages[1]).toBeGreaterThan(ages[0]);
    expect(ages[2] - ages[1]).toBeGreaterThan(ages[1] - ages[0]);
  });

  test("waits as long as Retry-After says", async () => {
    const byleave = await measured();
    answer("events", { status: 503, headers: { "Retry-After": "30" } }, { status: 202 });
    byleave.track("kept");
    await pass(29_000);
    byleave.track("meanwhile");
    await pass(1000);
    expect(posted("events")).toHaveLength(1);
    await pass(2000);
    expect(posted("events").map(({ e }) => e[0].x)).toEqual(["kept", "kept", "meanwhile"]);
  });

  test("keeps each body within 16 KiB", async () => {
    await measured();
    for (let n = 0; n < 20; n++) click(`<a href="https://other.example/${n}${"a".repeat(2000)}">L</a>`);
    await pass(1000);
    expect(events()).toHaveLength(20);
    for (const { init } of requests) expect((init.body as string).length).toBeLessThan(16_384);
    expect(posted("events").map(({ i, e }) => i + e.length)).toEqual([3, 5, 7, 9, 11, 13, 15, 17, 19, 21]);
  });

  test("spreads what many browsers try again", async () => {
    const byleave = await measured();
    vi.mocked(Math.random).mockReturnValue(0.5);
    answer("events", { status: 503, headers: { "Retry-After": "30" } }, { status: 202 });
    byleave.track("kept");
    await pass(44_000);
    expect(posted("events")).toHaveLength(1);
    await pass(2000);
    expect(posted("events")).toHaveLength(2);
  });

  test("holds no more than 20 batches while it waits", async () => {
    const byleave = await measured();
    answer("events", { status: 503, headers: { "Retry-After": "60" } }, { status: 202 });
    byleave.track("first");
    await pass(1000);
    for (let n = 0; n < 2000; n++) byleave.track("flood");
    await pass(MINUTE);
    expect(posted("events").slice(1)).toHaveLength(20);
  });

  test("sends without keepalive what the browser refuses with it", async () => {
    const byleave = await measured();
    answer("events", "offline", { status: 202 });
    byleave.track("big");
    await pass(500);
    expect(requests.map(({ init }) => init.keepalive)).toEqual([true, false]);
    await pass(10_000);
    expect(requests).toHaveLength(2);
  });

  test("gives up after an hour, and keeps no more than 20 batches", async () => {
    const byleave = await measured();
    answer("events", "offline");
    for (let batch = 0; batch < 30; batch++) {
      for (let n = 0; n < 50; n++) byleave.track(`${batch}`);
      await settle();
    }
    await pass(30 * MINUTE);
    requests.length = 0;
    answer("events", { status: 202 });
    await pass(6 * MINUTE);
    expect(posted("events")).toHaveLength(20);
    answer("events", "offline");
    byleave.track("old");
    await pass(61 * MINUTE);
    answer("events", { status: 202 });
    requests.length = 0;
    await pass(20 * MINUTE);
    expect(events()).toEqual([]);
  });

  test("drops a batch that cannot be read, and goes on", async () => {
    const byleave = await measured();
    answer("events", { status: 400 }, { status: 202 });
    byleave.track("bad");
    await pass(60_000);
    byleave.track("good");
    await pass(60_000);
    expect(events().map(({ x }) => x)).toEqual(["bad", "good"]);
  });

  const lapses: [number, unknown, boolean][] = [
    [401, { access_key: YES.access_key }, false],
    [409, { access_key: YES.access_key }, true],
    [410, { access_key: YES.access_key, no: "2026-11" }, false],
  ];
  test.each(lapses)(
    "after %i forgets the token, keeps the access key, and stops",
    async (status, state, asks) => {
      const byleave = await measured();
      answer("events", { status });
      byleave.track("last");
      await pass(1000);
      byleave.track("late");
      hide(true);
      await pass(MINUTE);
      expect(posted("events")).toHaveLength(1);
      expect(remembered()).toEqual(state);
      expect(localStorage.getItem(`${KEY}.visit`)).toBeNull();
      expect(!!dialog()).toBe(asks);
    },
  );

  test("after 409 asks once more, and never in a loop", async () => {
    answer("events", { status: 409 });
    await embed();
    for (let round = 0; round < 4; round++) {
      await pass(5000);
      if (dialog()) await press("Yes to all");
    }
    await pass(5000);
    expect(posted("consent").length).toBeLessThanOrEqual(2);
    expect(posted("consent")[0]!.prior).toBe(YES.access_key);
    expect(dialog()).toBeNull();
  });

  test("drops what waits when the yes is withdrawn, and begins anew with the next yes", async () => {
    const byleave = await measured();
    answer("events", { status: 503 });
    byleave.track("waiting");
    await pass(500);
    await byleave.consent.withdraw();
    answer("events", { status: 202 });
    requests.length = 0;
    await pass(MINUTE);
    answer("consent", { status: 201, body: { ...YES, token: "c1.new" } });
    await byleave.consent.grant();
    await pass(MINUTE);
    expect(posted("events").map(({ t, i, e }) => [t, i, e.map(({ k }: any) => k)])).toEqual([
      ["c1.new", 0, ["pageview"]],
    ]);
  });

  test("sends nothing of one consent under another", async () => {
    const byleave = await measured();
    byleave.track("under the first");
    await settle();
    remember({ ...STATE, token: "c1.other" }); // changed in another tab
    byleave.track("under the other");
    await pass(1000);
    expect(posted("events").map(({ t, e }) => [t, e[0].x])).toEqual([["c1.other", "under the other"]]);
  });

  test("sends nothing once a signal appears", async () => {
    const byleave = await measured();
    byleave.track("unsent");
    await settle();
    signal({ gpc: true });
    await pass(MINUTE);
    expect(events()).toEqual([]);
  });

  test("of a custom event carries name, props, value and currency", async () => {
    const byleave = await measured();
    byleave.track("Order", { loaf: "rye", count: 2 }, { value: 9.5, currency: "EUR" });
    await pass(1000);
    expect(events()).toEqual([
      {
        k: "event",
        p: "/bread",
        x: "Order",
        m: { loaf: "rye", count: 2 },
        b: 9.5,
        u: "EUR",
        a: 400,
      },
    ]);
  });

  const long = "x".repeat(65);
  const eleven = Object.fromEntries(Array.from(long.slice(0, 11), (_, n) => [`p${n}`, n]));
  const refused: [string, unknown[], string][] = [
    ["a long name", [long], "a name of 1 to 64 characters"],
    ["no name", [undefined], "a name of 1 to 64 characters"],
    ["half a character", ["\ud83d"], "a name of 1 to 64 characters"],
    ["many properties", ["Order", eleven], "at most 10 properties"],
    ["a list of properties", ["Order", ["rye"]], "as an object"],
    ["a text for properties", ["Order", "rye"], "as an object"],
    ["a property's long name", ["Order", { [long]: 1 }], "names of 1 to 64 characters"],
    ["a property's long text", ["Order", { a: "x".repeat(257) }], "texts of at most 256"],
    ["a property that is no value", ["Order", { a: { b: 1 } }], "texts of at most 256"],
    ["a property that is no number", ["Order", { a: NaN }], "finite numbers"],
    ["a property that JSON cannot hold", ["Order", { a: 1n }], "finite numbers"],
    ["a value in letters", ["Order", {}, { value: "19.9" }], "a finite number"],
    ["an endless value", ["Order", {}, { value: Infinity }], "a finite number"],
    ["a currency's sign", ["Order", {}, { currency: "€" }], 'three letters: "EUR"'],
    [
      "more bytes than a batch holds",
      ["Order", Object.fromEntries([..."abcdefghij"].map((one) => [one.repeat(60), "\u0001".repeat(256)]))],
      "shorten its properties",
    ],
  ];
  test.each(refused)(
    "is dropped with advice where the collector would refuse it: %s",
    async (_, event, advice) => {
      const warned = warnings();
      const byleave = await measured();
      byleave.track("before");
      (byleave.track as (...event: unknown[]) => void)(...event);
      byleave.track("after");
      await pass(1000);
      expect(events().map(({ x }) => x)).toEqual(["before", "after"]);
      expect(warned.mock.calls).toEqual([[expect.stringContaining(advice)]]);
    },
  );

  test("at all its limits is counted", async () => {
    const byleave = await measured();
    const props = Object.fromEntries([..."abcdefghij"].map((one) => [one.repeat(64), "é".repeat(256)]));
    byleave.track("😀".repeat(64), props, { value: -1e11, currency: "EUR" });
    byleave.track("null", null as never, null as never);
    byleave.track("absent", { a: undefined } as never);
    await pass(1000);
    expect(events().map(({ m }) => m)).toEqual([props, null, {}]);
  });

  test("of many bytes goes in a body that the collector takes", async () => {
    const byleave = await measured();
    const props = Object.fromEntries([..."abcdefghij"].map((one) => [one.repeat(60), "語".repeat(250)]));
    for (let n = 0; n < 9; n++) byleave.track(`${n}`, props);
    await pass(1000);
    expect(events()).toHaveLength(9);
    for (const { body } of requests)
      expect(new Blob([JSON.stringify(body)]).size).toBeLessThanOrEqual(16 * 1024);
  });
});
