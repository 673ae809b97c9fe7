import { afterEach, beforeEach, expect, test } from "vitest";
import * as browser from "../../tag/tests/browser";

// The built files together: the tag, the part that finds the tool, its adapter, and what is told.

const { STATE, browse, embed, events, loaded, pass, posted, remember, requests, settle, signal } = browser;
const page = window as any;

beforeEach(() => {
  localStorage.clear();
  browse();
});
afterEach(() => {
  browser.leavePage();
  delete page.Cookiebot;
  delete page.__gpp;
});

const answered = (statistics: boolean, at: string) => ({
  hasResponse: true,
  consent: { method: "explicit", statistics },
  consentUTC: new Date(at),
});
const changes = async (Cookiebot: unknown): Promise<void> => {
  page.Cookiebot = Cookiebot;
  window.dispatchEvent(new Event("CookiebotOnAccept"));
  await settle();
  await settle();
  await pass(1000);
};

test.each(["auto", "cookiebot"])(
  "%s: silent before the tool's yes, then told as its, and counted",
  async (cmp) => {
    page.Cookiebot = { hasResponse: false, consent: {} };
    await embed({ "data-cmp": cmp });
    await pass(1000);
    expect([browser.banner(), requests]).toEqual([null, []]);
    expect(loaded).toEqual(["banner", "cmp", "cookiebot"]);
    await changes(answered(true, "2026-11-22T12:00:00Z"));
    expect(posted("consent")[0]).toMatchObject({ purposes: ["measure"], source: "cookiebot", shown: "cmp" });
    expect(events().map(({ k }) => k)).toEqual(["pageview"]);
  },
);

test("a yes of before the notice is none", async () => {
  page.Cookiebot = answered(true, "2026-10-31T00:00:00Z");
  await embed({ "data-cmp": "auto" });
  await pass(1000);
  expect([posted("consent"), events()]).toEqual([[], []]);
});

test("a later no withdraws at the collector", async () => {
  remember(STATE);
  page.Cookiebot = answered(false, "2026-11-22T12:00:00Z");
  await embed({ "data-cmp": "auto" });
  await pass(1000);
  expect(posted("withdraw")).toEqual([{ t: STATE.token }]);
  expect(events()).toEqual([]);
});

test("an earlier yes waits for the tool; doubt pauses it, and the page counts anew after it", async () => {
  remember(STATE);
  page.Cookiebot = { hasResponse: false, consent: {} };
  const byleave = await embed({ "data-cmp": "auto" });
  byleave.track("early");
  await pass(1000);
  expect(events()).toEqual([]);
  const yes = answered(true, "2026-11-20T12:00:00Z");
  await changes(yes);
  await changes({ ...yes, hasResponse: false });
  byleave.track("paused");
  await pass(1000);
  await changes(yes);
  byleave.track("again");
  await pass(1000);
  expect(events().map(({ k, x }) => x ?? k)).toEqual(["pageview", "pageview", "again"]);
  expect(posted("withdraw")).toEqual([]);
});

test("under a signal not even the part is loaded", async () => {
  signal({ gpc: true });
  page.Cookiebot = answered(true, "2026-11-22T12:00:00Z");
  await embed({ "data-cmp": "auto" });
  expect([loaded, requests]).toEqual([[], []]);
});

test("where the adapter is blocked nothing is counted", async () => {
  remember(STATE);
  browser.blocked.add("cookiebot");
  page.Cookiebot = answered(true, "2026-11-22T12:00:00Z");
  await embed({ "data-cmp": "auto" });
  await pass(1000);
  expect(events()).toEqual([]);
});

test("auto stops for a GPP objection beside the tool that says yes", async () => {
  remember(STATE);
  page.Cookiebot = answered(true, "2026-11-20T12:00:00Z");
  page.__gpp = (_: string, tell: Function) =>
    tell({ pingData: { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 1 }] } } }, true);
  await embed({ "data-cmp": "auto" });
  await pass(1000);
  expect([events(), posted("withdraw")]).toEqual([[], []]);
});

test("a tool that never comes is told of once", async () => {
  const warn = browser.warnings();
  await embed({ "data-cmp": "onetrust" });
  await pass(61_000);
  expect(warn.mock.calls.length).toBe(1);
  expect(warn.mock.calls[0]![0]).toContain('data-cmp="onetrust"');
});
