import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import mode from "../src/consent-mode";
import cookiebot from "../src/cookiebot";
import gpp from "../src/gpp";
import onetrust from "../src/onetrust";
import tcf from "../src/tcf";
import wp from "../src/wp";
import { NOON, clock, heard } from "./site";

// Stand-ins written from the tools' public interfaces; the tools that are on npm are in real.test.ts.

const page = window as any;
const cleared = new Map<string, unknown>();

/** Put globals into the page for one test. */
function globals(given: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(given)) {
    cleared.set(name, page[name]);
    page[name] = value;
  }
}
function cookie(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)};path=/`;
}

beforeEach(() => clock());
afterEach(() => {
  for (const name of cleared.keys()) delete page[name];
  cleared.clear();
  for (const pair of document.cookie.split("; "))
    document.cookie = `${pair.split("=")[0]}=;path=/;expires=Thu, 01 Jan 1970 00:00:00 GMT`;
  vi.useRealTimers();
});

describe("Cookiebot", () => {
  const STATISTICS = {
    necessary: true,
    preferences: false,
    statistics: true,
    marketing: false,
    method: "explicit",
  };
  const bot = (given: object) => ({
    hasResponse: true,
    consent: STATISTICS,
    consentUTC: new Date(NOON - 5),
    ...given,
  });

  test.each([
    ["an explicit yes, with its time", bot({}), { yes: ["statistics"], at: NOON - 5 }],
    ["an explicit no", bot({ consent: { ...STATISTICS, statistics: false } }), { yes: [], at: NOON - 5 }],
    ["nothing answered", bot({ hasResponse: false }), null],
    ["an implied yes", bot({ consent: { ...STATISTICS, method: "implied" } }), null],
    ["an old one of unknown method", bot({ consent: { ...STATISTICS, method: null } }), null],
  ])("%s", (_, Cookiebot, told) => {
    globals({ Cookiebot });
    expect(heard(cookiebot, "statistics", "marketing").last()).toEqual(told);
  });

  test("without its own time, that of its cookie", () => {
    globals({ Cookiebot: bot({ consentUTC: undefined }) });
    cookie(
      "CookieConsent",
      `{stamp:'x',necessary:true,statistics:true,method:'explicit',ver:1,utc:${NOON - 7},region:'de'}`,
    );
    expect(heard(cookiebot).last()!.at).toBe(NOON - 7);
  });

  test.each(["CookiebotOnConsentReady", "CookiebotOnAccept", "CookiebotOnDecline"])("hears %s", (event) => {
    globals({ Cookiebot: bot({ hasResponse: false }) });
    const ears = heard(cookiebot, "statistics");
    page.Cookiebot = bot({});
    window.dispatchEvent(new Event(event));
    expect(ears.told).toEqual([null, { yes: ["statistics"], at: NOON - 5 }]);
  });
});

describe("OneTrust", () => {
  const trust = (closed: boolean, model = "opt-in", more = {}) => ({
    IsAlertBoxClosed: () => closed,
    GetDomainData: () => ({ ConsentModel: { Name: model }, ...more }),
  });
  const CLOSED = "2026-11-20T10:00:00.000Z";
  const at = Date.parse(CLOSED);

  test.each([
    ["a yes", trust(true), ",C0001,C0002,", { yes: ["C0002"], at }],
    ["a no", trust(true), ",C0001,", { yes: [], at }],
    ["an open box", trust(false), ",C0001,C0002,", null],
    ["the opt-out model", trust(true, "opt-out"), ",C0001,C0002,", null],
    ["implied consent", trust(true, "implied consent"), ",C0001,C0002,", null],
    [
      "scrolling that means yes",
      trust(true, "opt-in", { ScrollAcceptsAllCookies: true }),
      ",C0001,C0002,",
      null,
    ],
    [
      "a group that is always active",
      trust(true, "opt-in", { Groups: [{ OptanonGroupId: "C0002", Status: "always active" }] }),
      ",C0001,C0002,",
      { yes: [], at },
    ],
  ])("%s", (_, OneTrust, OnetrustActiveGroups, told) => {
    globals({ OneTrust, OnetrustActiveGroups });
    cookie("OptanonAlertBoxClosed", CLOSED);
    expect(heard(onetrust, "C0002").last()).toEqual(told);
  });

  test("a change on this page is of now", () => {
    globals({ OneTrust: trust(true), OnetrustActiveGroups: ",C0001," });
    cookie("OptanonAlertBoxClosed", CLOSED);
    const ears = heard(onetrust, "C0002");
    window.dispatchEvent(new CustomEvent("OneTrustGroupsUpdated"));
    expect(ears.last()!.at).toBe(at);
    page.OnetrustActiveGroups = ",C0001,C0002,";
    window.dispatchEvent(new CustomEvent("OneTrustGroupsUpdated"));
    expect(ears.last()).toEqual({ yes: ["C0002"], at: NOON });
  });
});

describe("Google Consent Mode", () => {
  function layer(...before: unknown[][]) {
    globals({ dataLayer: before });
    const ears = heard(mode, "analytics_storage", "ad_storage");
    return { ears, gtag: (...entry: unknown[]) => page.dataLayer.push(entry) };
  }
  function acting(isActive: boolean): void {
    Object.defineProperty(navigator, "userActivation", { value: { isActive }, configurable: true });
  }
  const GRANTED = { analytics_storage: "granted" };

  test("a granted default is no consent, before or after", () => {
    acting(true);
    const { ears, gtag } = layer(["consent", "default", GRANTED]);
    gtag("consent", "default", GRANTED);
    gtag("event", "update", GRANTED);
    expect(ears.told).toEqual([]);
  });

  test("an update by a person's act is a yes of now, and a no", () => {
    acting(true);
    const { ears, gtag } = layer();
    gtag("consent", "update", { ...GRANTED, ad_storage: "denied" });
    gtag("consent", "update", { analytics_storage: "denied" });
    expect(ears.told).toEqual([
      { yes: ["analytics_storage"], at: NOON },
      { yes: [], at: NOON },
    ]);
  });

  test("one that a script repeats goes on, and its denial only pauses", () => {
    acting(false);
    const { ears, gtag } = layer(["consent", "update", GRANTED]);
    gtag("consent", "update", GRANTED);
    gtag("consent", "update", { analytics_storage: "denied" });
    const again = { yes: ["analytics_storage"], at: undefined };
    expect(ears.told).toEqual([again, again, null]);
  });

  test("an update of something else is no new yes", () => {
    acting(true);
    const { ears, gtag } = layer(["consent", "update", GRANTED]);
    gtag("consent", "update", { ad_storage: "granted" });
    expect(ears.last()).toEqual({ yes: ["analytics_storage", "ad_storage"], at: undefined });
  });

  test("the page's data layer gets what it got before", () => {
    const { gtag } = layer();
    expect(gtag("js", 1)).toBe(1);
    expect(page.dataLayer.push({ event: 1 }, { event: 2 })).toBe(3);
  });
});

describe("TCF, where the tool is unusual", () => {
  const STRING = "CQ".padEnd(20, "A");
  function tool() {
    let callback!: (data: unknown, success: boolean) => void;
    globals({ __tcfapi: (_: string, __: number, given: typeof callback) => void (callback = given) });
    const ears = heard(tcf, "1", "7", "8");
    return {
      ears,
      tells: (data: object, success = true) =>
        callback({ eventStatus: "tcloaded", gdprApplies: true, tcString: STRING, ...data }, success),
    };
  }
  const BOTH = { publisher: { consents: { 1: true, 8: true } } };

  test.each([
    ["not known whether the GDPR applies", { ...BOTH, gdprApplies: undefined }],
    ["the GDPR does not apply", { ...BOTH, gdprApplies: false }],
    ["the dialog is open", { ...BOTH, eventStatus: "cmpuishown" }],
    ["an event that nobody knows", { ...BOTH, eventStatus: "new" }],
  ])("doubt: %s", (_, data) => {
    const { ears, tells } = tool();
    tells(data);
    expect(ears.told).toEqual([null]);
  });

  test("a failed call is doubt", () => {
    const { ears, tells } = tool();
    tells(BOTH, false);
    expect(ears.told).toEqual([null]);
  });

  test("a legitimate interest never counts, nor does the purpose of vendors", () => {
    const { ears, tells } = tool();
    tells({
      purpose: { consents: { 1: true, 8: true } },
      publisher: { consents: { 1: true, 8: false }, legitimateInterests: { 8: true } },
    });
    expect(ears.last()!.yes).toEqual(["1"]);
  });

  test("one choice is told once as of now, however often the tool repeats it", () => {
    const { ears, tells } = tool();
    tells({ ...BOTH, eventStatus: "useractioncomplete" });
    tells({ ...BOTH, eventStatus: "useractioncomplete" });
    tells({ ...BOTH, eventStatus: "cmpuishown" });
    tells({ ...BOTH, eventStatus: "useractioncomplete" });
    const ats = ears.told.map((one) => one?.at);
    expect(ats[0]).toBe(NOON);
    expect(ats[1]).toBeLessThan(NOON);
    expect(ats.slice(2)).toEqual([undefined, NOON]);
  });
});

describe("WP Consent API", () => {
  function wordpress(type: string | undefined, cookies: Record<string, string>) {
    for (const [name, value] of Object.entries(cookies)) cookie(`wp_consent_${name}`, value);
    globals({
      wp_consent_type: type,
      consent_api: { cookie_prefix: "wp_consent" },
      // As the plugin does it: without a type everything is allowed, with opt-out what was not denied.
      wp_has_consent(category: string) {
        const kept = new RegExp(`wp_consent_${category}=(\\w+)`).exec(document.cookie)?.[1];
        if (!page.wp_consent_type) return true;
        return page.wp_consent_type.includes("optout") && !kept ? true : kept == "allow";
      },
    });
    return heard(wp, "statistics", "marketing");
  }
  const change = (category: string, value: string): void => {
    cookie(`wp_consent_${category}`, value);
    // The plugin's detail is an array with a name.
    const detail = Object.assign([], { [category]: value });
    document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change", { detail }));
  };

  test.each<[string, string | undefined, Record<string, string>, unknown]>([
    ["a yes of before", "optin", { statistics: "allow" }, { yes: ["statistics"], at: undefined }],
    ["a no of before", "optin", { statistics: "deny" }, { yes: [], at: undefined }],
    ["nothing answered", "optin", {}, null],
    ["opt-out", "optout", { statistics: "allow" }, null],
    ["nobody asks", undefined, { statistics: "allow" }, null],
  ])("%s", (_, type, cookies, told) => {
    expect(wordpress(type, cookies).last()).toEqual(told);
  });

  test("a change of the category is of now, one of another is not", () => {
    const ears = wordpress("optin", {});
    change("statistics", "allow");
    change("marketing", "allow");
    change("statistics", "deny");
    expect(ears.told).toEqual([
      null,
      { yes: ["statistics"], at: NOON },
      { yes: ["statistics", "marketing"], at: undefined },
      { yes: ["marketing"], at: undefined },
    ]);
  });

  test("the type may be set later", () => {
    const ears = wordpress(undefined, { statistics: "allow" });
    page.wp_consent_type = "optin";
    document.dispatchEvent(new CustomEvent("wp_consent_type_defined"));
    expect(ears.last()).toEqual({ yes: ["statistics"], at: undefined });
  });
});

describe("GPP, where the tool is unusual", () => {
  test.each<[string, object, boolean, boolean]>([
    ["not ready", { signalStatus: "not ready", parsedSections: {} }, true, true],
    ["a failed call", { signalStatus: "ready", parsedSections: {} }, false, true],
    [
      "all sections in one object, sold",
      { signalStatus: "ready", parsedSections: { usca: { SaleOptOut: 1 } } },
      true,
      true,
    ],
    [
      "not opted out",
      { signalStatus: "ready", parsedSections: { usca: { SaleOptOut: 2, Gpc: false } } },
      true,
      false,
    ],
    [
      "Gpc in a part of its own",
      { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 0 }, { Gpc: true }] } },
      true,
      true,
    ],
    [
      "Gpc as a number",
      { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 0 }, { Gpc: 1 }] } },
      true,
      true,
    ],
    [
      "the European section",
      { signalStatus: "ready", parsedSections: { tcfeuv2: [{ SaleOptOut: 1 }] } },
      true,
      false,
    ],
  ])("%s", (_, pingData, success, stops) => {
    globals({
      __gpp: (_: string, callback: Function) => callback({ eventName: "signalStatus", pingData }, success),
    });
    expect(heard(gpp)).toMatchObject({ told: [], holds: [stops] });
  });
});
