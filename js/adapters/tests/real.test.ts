import { CmpApi as GppApi } from "@iabgpp/cmpapi";
import { CmpApi as TcfApi } from "@iabtechlabtcf/cmpapi";
import { GVL, TCModel, TCString } from "@iabtechlabtcf/core";
// @ts-expect-error it has no types
import * as klaroPackage from "klaro";
import * as CookieConsent from "vanilla-cookieconsent";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import cookieconsent from "../src/cookieconsent";
import gpp from "../src/gpp";
import klaro from "../src/klaro";
import tcf from "../src/tcf";
import { heard } from "./site";

// The real packages.

const page = window as any;
const wait = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));
const wipe = (): void => {
  for (const pair of document.cookie.split("; "))
    document.cookie = `${pair.split("=")[0]}=;path=/;expires=Thu, 01 Jan 1970 00:00:00 GMT`;
};
beforeEach(wipe);
afterEach(wipe);

describe("Klaro", () => {
  const configured = (more = {}, service = {}) => {
    const config = {
      storageMethod: "cookie",
      services: [
        { name: "byleave", purposes: ["analytics"], ...service },
        { name: "video", purposes: ["media"] },
      ],
      ...more,
    };
    // A new one of its class, as a new page makes: getManager gives the same to a whole page.
    const manager = new (klaroPackage.getManager(config).constructor as any)(config);
    page.klaro = { getManager: () => manager };
    return manager;
  };
  const followed = () => heard(klaro, "byleave", "analytics", "media");

  test("doubt until a person saves; ticking is not saving", () => {
    const manager = configured();
    const { told } = followed();
    manager.updateConsent("byleave", true);
    expect(told).toEqual([null, null]);
    manager.saveAndApplyConsents("save");
    expect(told.at(-1)).toEqual({ yes: ["byleave", "analytics"], at: expect.any(Number) });
  });

  test("what was saved before goes on without a time, and a no is heard", () => {
    const first = configured();
    first.changeAll(true);
    first.saveAndApplyConsents("accept");
    const manager = configured();
    const { told } = followed();
    expect(told).toEqual([{ yes: ["byleave", "analytics", "media"], at: undefined }]);
    manager.changeAll(false);
    expect(told.length).toBe(1); // not saved yet
    manager.saveAndApplyConsents("decline");
    expect(told.at(-1)).toEqual({ yes: [], at: expect.any(Number) });
    manager.resetConsents();
    expect(told.at(-1)).toBeNull();
  });

  test("a script that saves is no person", () => {
    const manager = configured();
    const { told } = followed();
    manager.changeAll(true);
    manager.saveAndApplyConsents();
    expect(told.at(-1)!.at).toBeUndefined();
  });

  test.each([
    ["ticked beforehand", {}, { default: true }],
    ["all ticked beforehand", { default: true }, {}],
    ["required", {}, { required: true }],
    ["opt-out", { optOut: true }, {}],
  ])("%s is not chosen", (_, more, service) => {
    const manager = configured(more, service);
    const { told } = followed();
    manager.saveAndApplyConsents("accept");
    expect(told.at(-1)!.yes).toEqual([]);
  });
});

describe("vanilla-cookieconsent", () => {
  async function run(categories: object = { necessary: { readOnly: true }, analytics: {} }, more = {}) {
    CookieConsent.reset();
    page.CookieConsent = CookieConsent;
    const translations = { en: { consentModal: { title: "t" }, preferencesModal: { sections: [] } } };
    await CookieConsent.run({
      categories,
      cookie: { secure: false },
      hideFromBots: false,
      language: { default: "en", translations },
      ...more,
    } as never);
    await wait();
  }
  const followed = () => heard(cookieconsent, "necessary", "analytics");
  afterEach(() => CookieConsent.reset(true));

  test("doubt, then a yes with its time, then a no", async () => {
    await run();
    const { told } = followed();
    expect(told).toEqual([null]);
    CookieConsent.acceptCategory("all");
    expect(told.at(-1)!.yes).toEqual(["analytics"]);
    expect(Math.abs(told.at(-1)!.at! - Date.now())).toBeLessThan(2000);
    await wait();
    CookieConsent.acceptCategory([]);
    expect(told.at(-1)!.yes).toEqual([]);
  });

  test("what was accepted before is there at once, with the time it was", async () => {
    await run();
    CookieConsent.acceptCategory("all");
    const at = Date.parse(CookieConsent.getCookie("lastConsentTimestamp"));
    await wait(30);
    await run();
    expect(followed().told[0]).toEqual({ yes: ["analytics"], at });
  });

  test.each([
    ["ticked beforehand", { analytics: { enabled: true } }, {}, []],
    ["not to be refused", { analytics: { readOnly: true } }, {}, []],
    ["opt-out", { analytics: {} }, { mode: "opt-out" }, undefined],
  ])("%s is not chosen", async (_, categories, more, yes) => {
    await run(categories, more);
    CookieConsent.acceptCategory("all");
    expect(followed().told.at(-1)?.yes).toEqual(yes);
  });
});

describe("TCF", () => {
  const LIST = {
    gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 4, lastUpdated: "2026-01-01T00:00:00Z",
    purposes: { 1: { id: 1 }, 8: { id: 8 } }, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, vendors: {}, dataCategories: {},
  }; // prettier-ignore
  const model = (...purposes: number[]): TCModel => {
    const made = new TCModel(new GVL(LIST as never));
    made.cmpId = 10;
    made.cmpVersion = 1;
    made.isServiceSpecific = true;
    made.publisherConsents.set(purposes);
    return made;
  };
  const api = (first = false) => {
    const queue: unknown[][] = [];
    // As the specification has it: a stub that queues, and answers for the queue when asked without arguments.
    page.__tcfapi = (...given: unknown[]) => (given.length ? queue.push(given) : queue);
    const cmp = new TcfApi(10, 1, true);
    // Its first update reaches only those who waited for it.
    if (!first) cmp.update("", true);
    return cmp;
  };
  const followed = () => heard(tcf, "1", "7", "8");
  const MIDNIGHT = (): number => Date.parse(new Date().toISOString().slice(0, 10));

  // First, as the package takes the first choice that it is given for one of before, and all later ones for acts.
  test("a choice of before has the time that its string holds, to the day", () => {
    const cmp = api(true);
    const made = model(1, 7, 8);
    made.updated();
    cmp.update(TCString.encode(made));
    const { told } = followed();
    expect(told).toEqual([{ yes: ["1", "7", "8"], at: MIDNIGHT() }]);
  });

  test("the open dialog pauses, a choice is a yes of now", () => {
    const cmp = api();
    const { told } = followed();
    cmp.update("", true);
    expect(told.at(-1)).toBeNull();
    const made = model(1, 8);
    made.updated();
    cmp.update(TCString.encode(made), false);
    expect(told.at(-1)).toEqual({ yes: ["1", "8"], at: expect.any(Number) });
    expect(Math.abs(told.at(-1)!.at! - Date.now())).toBeLessThan(2000);
  });

  test("a no to everything is a no", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const cmp = api();
    cmp.update(TCString.encode(model()));
    expect(followed().told.at(-1)!.yes).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a tool that does not ask for publisher consents is told of once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const cmp = api();
    const { told } = followed();
    const made = model();
    made.purposeConsents.set([1, 8]);
    const silent = TCString.encode(made);
    cmp.update(silent);
    expect(told.at(-1)).toBeNull();
    const times = warn.mock.calls.length; // the package tells the listeners of the tests before, too
    expect(times).toBeGreaterThan(0);
    cmp.update(silent);
    expect(warn).toHaveBeenCalledTimes(times);
  });

  test("where the GDPR does not apply nothing is known", () => {
    api().update(null);
    expect(followed().told.at(-1)).toBeNull();
  });
});

describe("GPP", () => {
  test.each([
    ["nothing opted out", {}, false],
    ["sale", { SaleOptOut: 1 }, true],
    ["sharing", { SharingOptOut: 1 }, true],
    ["targeted advertising", { TargetedAdvertisingOptOut: 1 }, true],
    ["Global Privacy Control", { Gpc: true }, true],
    ["asked, and not opted out", { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 }, false],
  ])("%s", (_, fields, stops) => {
    const queue: unknown[][] = [];
    const events: unknown[] = [];
    // As the specification has it: a stub that queues.
    page.__gpp = (command?: string) => (command == "events" ? events : queue);
    const api = new GppApi(10, 1);
    const ears = heard(gpp);
    expect(ears.holds.at(-1)).toBe(true); // not ready
    for (const [name, value] of Object.entries(fields)) api.setFieldValue("usnat", name, value);
    api.setApplicableSections([7]);
    api.fireSectionChange("usnat");
    api.setSignalStatus("ready" as never);
    expect([ears.holds.at(-1), ears.told]).toEqual([stops, []]);
  });
});
