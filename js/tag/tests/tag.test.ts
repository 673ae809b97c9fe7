import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  BASE,
  KEY,
  STATE,
  YES,
  addresses,
  answer,
  banner,
  blocked,
  browse,
  dialog,
  embed,
  events,
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
  sha256,
  signal,
  warnings,
} from "./browser";

beforeEach(() => {
  localStorage.clear();
  browse();
});
afterEach(leavePage);

describe("before yes", () => {
  test("only the banner and its texts are fetched, and nothing is stored", async () => {
    await embed();
    expect(loaded).toEqual(["banner"]);
    expect(requests.map(({ path }) => path)).toEqual(["site/example.com.json"]);
    expect(localStorage.length).toBe(0);
  });

  test("nothing that happens then is ever told", async () => {
    const byleave = await embed();
    document.body.insertAdjacentHTML("beforeend", '<button id="early">Early</button>');
    document.getElementById("early")!.click();
    byleave.track("early");
    await pass(60_000);
    await press("Yes to all");
    await pass(1000);
    expect(events().map(({ k }) => k)).toEqual(["pageview"]);
    expect(events()[0]!.a).toBeLessThan(2000); // timed at the yes
  });

  test("data-banner=off leaves the asking to the site", async () => {
    await embed({ "data-banner": "off" });
    expect(loaded).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe("a signal against tracking", () => {
  const cases: [string, { gpc?: unknown; dnt?: string }, boolean][] = [
    ["Global Privacy Control", { gpc: true }, true],
    ["Do Not Track 1", { dnt: "1" }, true],
    ["Do Not Track yes", { dnt: "yes" }, true],
    ["Do Not Track 0", { dnt: "0" }, false],
    ["Do Not Track unspecified", { dnt: "unspecified" }, false],
    ["Global Privacy Control that is not exactly true", { gpc: "0" }, false],
  ];
  test.each(cases)("%s", async (_, given, silent) => {
    signal(given);
    await embed();
    expect(loaded).toEqual(silent ? [] : ["banner"]);
  });

  test("pauses an earlier yes, also when it appears later, and ends with it", async () => {
    remember(STATE);
    const byleave = await embed();
    await pass(1000);
    signal({ gpc: true });
    byleave.track("paused");
    await pass(1000);
    expect(events().map(({ k }) => k)).toEqual(["pageview"]);
    expect(byleave.consent.status()).toEqual({ state: "yes", purposes: STATE.purposes, signal: true });
  });

  test("is not overridden by the interface", async () => {
    signal({ dnt: "1" });
    const byleave = await embed();
    await expect(byleave.consent.grant(["measure"])).rejects.toThrow("Do Not Track");
    expect(posted("consent")).toEqual([]);
  });

  test("leaves the way to withdraw open", async () => {
    remember(STATE);
    signal({ gpc: true });
    const byleave = await embed();
    await byleave.consent.withdraw();
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    expect(remembered()).toBe("no.2026-11");
  });

  test.each(["OK", "Escape"])(
    "is told to who asks for the choices: no text is fetched; gone with %s",
    async (way) => {
      signal({ gpc: true });
      const byleave = await embed();
      expect(loaded).toEqual([]); // until a person asks
      document.body.insertAdjacentHTML("beforeend", '<a href="#choices" data-byleave-choices>Choices</a>');
      document.documentElement.lang = "de-AT";
      document.querySelector<HTMLElement>("[data-byleave-choices]")!.click();
      await settle();
      expect(dialog()!.textContent).toMatch(/^Ihr Browser .*Global Privacy Control.*OK$/);
      expect(dialog()!.lang).toBe("de");
      await byleave.consent.open();
      expect(document.querySelectorAll("byleave-ask")).toHaveLength(1);
      if (way == "OK") await press(way);
      else dialog()!.dispatchEvent(new KeyboardEvent("keydown", { key: way, bubbles: true, composed: true }));
      expect(dialog()).toBeNull();
      await expect(byleave.consent.grant()).rejects.toThrow("Global Privacy Control");
      expect(requests).toEqual([]);
      expect(localStorage.length).toBe(0);
    },
  );

  test("takes the place of an ask that was there before it", async () => {
    const byleave = await embed();
    const asked = dialog();
    signal({ dnt: "1" });
    await byleave.consent.open();
    expect(asked!.isConnected).toBe(false);
    expect(dialog()!.textContent).toContain("Do Not Track");
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(remembered()).toBeNull(); // nothing is answered by it any more
  });

  test("leaves an earlier yes to be stopped and erased, and claims no no", async () => {
    remember(STATE);
    signal({ gpc: true });
    const byleave = await embed();
    await byleave.consent.open();
    expect(dialog()!.textContent).not.toContain("You said no.");
    await press("Stop and erase");
    expect(remembered()).toBe("no.2026-11");
  });
});

describe("no", () => {
  test("stores its month alone, makes no request, and is not asked again", async () => {
    await embed();
    const before = requests.length;
    await press("No");
    expect(remembered()).toBe("no.2026-11");
    expect(requests.length).toBe(before);
    leavePage();
    browse();
    await embed();
    expect(loaded).toEqual([]);
    expect(requests).toEqual([]);
  });

  const cases: [string, string, boolean][] = [
    ["this month", "no.2026-11", false],
    ["five months ago", "no.2026-06", false],
    ["perhaps less than six months ago", "no.2026-05", false],
    ["surely more than six months ago", "no.2026-04", true],
  ];
  test.each(cases)("said %s", async (_, stored, asks) => {
    remember(stored);
    await embed();
    expect(loaded).toEqual(asks ? ["banner"] : []);
  });
});

describe("yes", () => {
  test("is recorded as the wire says and kept", async () => {
    await embed();
    await press("Yes to all");
    expect(posted("consent")).toEqual([
      {
        site: "example.com",
        notice: STATE.notice,
        purposes: ["measure", "returning"],
        source: "banner",
        shown: "byleave",
        locale: "en",
        ui: sha256("banner"),
        prior: null,
      },
    ]);
    const { init } = requests.find(({ path }) => path == "consent")!;
    expect(init).toMatchObject({ method: "POST", keepalive: true, credentials: "omit", redirect: "error" });
    expect(init.headers).toBeUndefined(); // a text body needs no preflight
    expect(remembered()).toEqual(STATE);
    expect(loaded).toEqual(["banner", "measure"]);
    expect(dialog()).toBeNull();
  });

  test("through the interface says that the site asked", async () => {
    const byleave = await embed({ "data-banner": "off" });
    await byleave.consent.grant(["returning"]);
    await settle();
    expect(posted("consent")[0]).toMatchObject({
      source: "api",
      shown: "cmp",
      purposes: ["measure", "returning"],
    });
    expect(byleave.consent.status()).toEqual({
      state: "yes",
      purposes: ["measure", "returning"],
      signal: false,
    });
  });

  test("of an earlier page starts measuring at once, without banner or texts", async () => {
    remember(STATE);
    await embed();
    await pass(1000);
    expect(loaded).toEqual(["measure"]);
    expect(requests.map(({ path }) => path)).toEqual(["events"]);
  });

  test("that expired is forgotten and asked for again, with the access key as prior", async () => {
    remember({ ...STATE, expires: "2026-11-22T11:59:59Z" });
    await embed();
    expect(remembered()).toEqual({ access_key: YES.access_key });
    await press("Yes to all");
    expect(posted("consent")[0]!.prior).toBe(YES.access_key);
  });

  test("is announced on the document", async () => {
    const states: string[] = [];
    const byleave = await embed();
    document.addEventListener("byleave:consent", () => states.push(byleave.consent.status().state));
    await press("Yes to all");
    await byleave.consent.withdraw();
    expect(states).toEqual(["yes", "no", "no"]);
  });

  test("lasts for the page where storage is denied", async () => {
    vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    const byleave = await embed();
    await press("Yes to all");
    await pass(1000);
    expect(events().map(({ k }) => k)).toEqual(["pageview"]);
    await byleave.consent.withdraw();
    byleave.track("late");
    await pass(1000);
    expect(events()).toHaveLength(1);
  });

  test.each([
    ["204 of a server that saw a signal", { status: 204 } as const],
    ["403 of a foreign origin", { status: 403, body: { detail: "add it as an alias" } } as const],
    ["503", { status: 503 } as const],
    ["no network", "offline" as const],
  ])("that was answered with %s is not pretended", async (_, given) => {
    answer("consent", given);
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const byleave = await embed();
    await press("Yes to all");
    expect(localStorage.length).toBe(0);
    expect(byleave.consent.status().state).toBe("unset");
    expect(banner()!.querySelector("[role=alert]")!.textContent).toBe("That did not work.");
    expect(warned).toHaveBeenCalledOnce();
    answer("consent", { status: 201, body: YES });
    await press("Yes to all");
    expect(byleave.consent.status().state).toBe("yes");
  });
});

describe("withdrawal", () => {
  test("stops at once, tells the collector, and leaves the month alone", async () => {
    remember(STATE);
    const byleave = await embed();
    await pass(1000);
    byleave.track("unsent");
    await byleave.consent.withdraw();
    byleave.track("late");
    document.body.click();
    await pass(10_000);
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    expect(events()).toHaveLength(1);
    expect(Object.entries({ ...localStorage })).toEqual([[KEY, "no.2026-11"]]);
  });

  test("in another tab stops this one", async () => {
    remember(STATE);
    const byleave = await embed();
    await pass(1000);
    remember("no.2026-11");
    byleave.track("before the storage event arrives");
    window.dispatchEvent(new StorageEvent("storage", { key: KEY }));
    await settle();
    byleave.track("after it");
    await pass(1000);
    expect(events()).toHaveLength(1);
    expect(byleave.consent.status().state).toBe("no");
  });

  test("that cannot be told now stops all the same, says so, and is told by the next page", async () => {
    remember(STATE);
    answer("withdraw", "offline");
    const byleave = await embed();
    await expect(byleave.consent.withdraw()).rejects.toThrow("no answer from");
    byleave.track("late");
    await pass(1000);
    expect(events()).toEqual([]);
    expect(remembered()).toEqual({ ...STATE, pending: 1, no: "2026-11" });
    leavePage();
    browse();
    await embed();
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    expect(remembered()).toBe("no.2026-11");
    expect(dialog()).toBeNull();
  });

  test("comes before a new yes, which begins afresh", async () => {
    remember({ ...STATE, no: "2026-11", pending: 1 });
    answer("withdraw", { status: 503 }, { status: 204 });
    const byleave = await embed();
    await byleave.consent.grant();
    const told = requests.map(({ path }) => path).filter((path) => path == "withdraw" || path == "consent");
    expect(told).toEqual(["withdraw", "withdraw", "consent"]);
    expect(posted("consent")[0]!.prior).toBeNull();
  });

  test.each([400, 403, 404, 408, 429, 500])("answered %i is told again by the next page", async (status) => {
    remember(STATE);
    answer("withdraw", { status });
    await expect((await embed()).consent.withdraw()).rejects.toThrow(`${status}`);
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    leavePage();
    browse();
    await embed();
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    expect(remembered()).toBe("no.2026-11");
  });

  test("with a token that is not known tries the access key at once", async () => {
    remember(STATE);
    answer("withdraw", { status: 401 }, { status: 204 });
    await (await embed()).consent.withdraw();
    expect(posted("withdraw")).toEqual([{ t: YES.token }, { access_key: YES.access_key }]);
    expect(remembered()).toBe("no.2026-11");
  });

  test.each([400, 401])("gives up when the access key too is answered %i", async (status) => {
    remember(STATE);
    answer("withdraw", { status: 401 }, { status });
    await expect((await embed()).consent.withdraw()).rejects.toThrow("does not know");
    expect(remembered()).toBe("no.2026-11");
  });

  test("by the access key alone is told again by the next page", async () => {
    remember({ access_key: YES.access_key });
    answer("withdraw", "offline");
    await expect((await embed()).consent.withdraw()).rejects.toThrow("no answer from");
    leavePage();
    browse();
    await embed();
    expect(posted("withdraw")).toEqual([{ access_key: YES.access_key }]);
    expect(remembered()).toBe("no.2026-11");
  });

  test("that a blocker keeps from being told says so in a sentence", async () => {
    remember(STATE);
    const byleave = await embed();
    blocked.add("banner");
    await expect(byleave.consent.withdraw()).rejects.toThrow(/module.*\/c\/t\/\w+\.js/);
    expect(byleave.consent.status().state).toBe("no");
  });

  test("by refuse() where a yes stands", async () => {
    remember(STATE);
    const byleave = await embed();
    await byleave.consent.refuse();
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
  });
});

describe("the tag in a page", () => {
  const sites: [string, Record<string, string>, string, string][] = [
    ["data-site", { "data-site": "a.example" }, `${BASE}tag.js?site=b.example`, "a.example"],
    ["?site=", { "data-site": "" }, `${BASE}tag.js?site=b.example`, "b.example"],
    ["the hostname", { "data-site": "" }, `${BASE}tag.js`, "example.com"],
  ];
  test.each(sites)("takes its site from %s", async (_, attributes, src, site) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await embed(attributes, src);
    expect(requests[0]!.path).toBe(`site/${site}.json`);
  });

  const bases: [string, string][] = [
    ["https://hello.example.net/c/tag.js", "https://hello.example.net/c/site/example.com.json"],
    ["https://hello.example.net/c/t/0123abcd.js", "https://hello.example.net/c/site/example.com.json"],
    ["https://example.com/stats/tag.js?site=example.com", "https://example.com/stats/site/example.com.json"],
  ];
  const strangers: [string, string][] = [
    ["http://tag.js.test/c/tag.js", "http://tag.js.test/c/"],
    ["https://tag.jshop.example/c/t/0123abcd.js?site=tag.js#x", "https://tag.jshop.example/c/"],
  ];
  test.each(strangers)("from %s loads its parts from there", async (src, base) => {
    await embed({}, src);
    expect(addresses[0]!.startsWith(`${base}t/`)).toBe(true);
  });

  test.each(bases)("from %s speaks to its neighbours", async (src, url) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await embed({}, src);
    expect(vi.mocked(fetch).mock.calls[0]![0]).toBe(url);
  });

  test("twice for one site counts once", async () => {
    remember(STATE);
    await embed();
    await embed();
    await pass(1000);
    expect(events()).toHaveLength(1);
  });

  test.each([
    ["does nothing inside a frame", {}, []],
    ["but where data-frames lets it", { "data-frames": "" }, ["banner"]],
  ])("%s", async (_, attributes: Record<string, string>, parts) => {
    vi.spyOn(window, "top", "get").mockReturnValue({} as Window & typeof globalThis);
    await embed(attributes);
    expect(loaded).toEqual(parts);
  });

  test("with an unknown site says in one sentence what to do", async () => {
    const warned = warnings();
    answer("site/example.com.json", { status: 404 });
    await embed();
    expect(warned.mock.calls).toEqual([[expect.stringContaining("byleave site add example.com")]]);
    expect(dialog()).toBeNull();
  });

  test("reopens for any element that carries data-byleave-choices", async () => {
    remember("no.2026-11");
    await embed();
    document.body.innerHTML = '<a href="/privacy" data-byleave-choices><span>Privacy choices</span></a>';
    const click = new MouseEvent("click", { bubbles: true, cancelable: true });
    document.querySelector("span")!.dispatchEvent(click);
    await settle();
    expect(click.defaultPrevented).toBe(true);
    expect(dialog()!.textContent).toContain("You said no.");
  });

  test.each<[string, () => void]>([
    ["a blocked banner", () => blocked.add("banner")],
    ["a network that is gone", () => answer("site/example.com.json", "offline")],
  ])("follows the link to the choices where %s shows none, and says so", async (_, befall) => {
    const warned = warnings();
    remember("no.2026-11");
    await embed();
    befall();
    document.body.innerHTML =
      '<a href="#there" data-byleave-choices>Choices</a><button data-byleave-choices></button>';
    for (const way of document.querySelectorAll<HTMLElement>("[data-byleave-choices]")) {
      location.hash = "here";
      way.click();
      await settle();
      expect(location.hash).toBe(way.matches("a") ? "#there" : "#here");
      expect(warned.mock.calls.splice(0)).toEqual([[expect.stringMatching(/^Byleave: .*hello.example.net/)]]);
    }
  });

  test.each(["prerendered", "opened in the background"])(
    "begins when a page that was %s is seen, and counts it once",
    async () => {
      remember(STATE);
      hide(true);
      const byleave = await embed();
      window.dispatchEvent(new StorageEvent("storage", { key: KEY })); // another tab stored something
      byleave.track("early");
      await pass(1000);
      expect(loaded).toEqual([]);
      hide(false);
      await pass(1000);
      expect(events().map(({ k }) => k)).toEqual(["pageview", "event"]);
    },
  );

  test("asks nobody who does not see the page", async () => {
    hide(true);
    await embed();
    expect(loaded).toEqual([]);
    hide(false);
    await settle();
    expect(dialog()).not.toBeNull();
  });

  test("reopens from within an open shadow root", async () => {
    remember("no.2026-11");
    await embed();
    document.body.innerHTML = "<div></div>";
    const root = document.querySelector("div")!.attachShadow({ mode: "open" });
    root.innerHTML = "<a data-byleave-choices>Choices</a>";
    root
      .querySelector("a")!
      .dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true, cancelable: true }));
    await settle();
    expect(dialog()).not.toBeNull();
  });

  test("opens the visitor's page with the access key where only that page can read it", async () => {
    const opened = vi.spyOn(window, "open").mockReturnValue(null);
    remember(STATE);
    (await embed()).you();
    expect(opened).toHaveBeenCalledWith(`${BASE}you#${YES.access_key}`, "", "noopener");
  });

  test("survives a state that is not ours", async () => {
    remember("{broken");
    await embed();
    expect(dialog()).not.toBeNull();
  });
});
