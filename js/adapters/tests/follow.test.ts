import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NOON, YES, clock, puppet, settle, site, yes } from "./site";

beforeEach(() => clock());
afterEach(() => vi.useRealTimers());

const IN_FORCE = { ...YES, purposes: ["measure" as const] };

test("a new yes starts, with measure alone, and is told under the tool's name", async () => {
  const page = site();
  const { adapter, says } = puppet();
  page.obey(adapter);
  expect(page.on()).toBe(false);
  await says(yes("m ads", NOON - 1000));
  expect(page.told).toEqual([{ purposes: ["measure"], source: "klaro", at: NOON - 1000 }]);
  expect(page.on()).toBe(true);
});

test("owners may map more purposes and other categories", async () => {
  const page = site({}, { cmpMeasure: "a, b", cmpAds: "ads", cmpReturning: "know" });
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m a ads", NOON));
  expect(page.told).toEqual([]);
  await says(yes("a b ads", NOON));
  expect(page.told[0]!.purposes).toEqual(["measure", "ads"]);
});

test("doubt pauses and erases nothing; the same yes goes on without being told again", async () => {
  const page = site({ ...IN_FORCE });
  const { adapter, says } = puppet();
  page.obey(adapter);
  expect(page.on()).toBe(false); // until the tool has spoken
  await says(yes("m"));
  expect(page.on()).toBe(true);
  await says();
  expect(page.on()).toBe(false);
  expect(page.state.token).toBe("t");
  await says(yes("m"));
  expect([page.on(), page.told, page.withdrawals]).toEqual([true, [], 0]);
});

test("an explicit no withdraws, once", async () => {
  const page = site({ ...IN_FORCE });
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("other", NOON));
  await says(yes("other", NOON));
  expect([page.withdrawals, page.on()]).toEqual([1, false]);
});

test("a no while nothing is in force tells and keeps nothing", async () => {
  const page = site();
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("", NOON));
  expect([page.withdrawals, page.told, page.stored]).toEqual([0, [], {}]);
});

test("without a time a yes goes on, but starts nothing", async () => {
  const page = site();
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m"));
  expect([page.told, page.on()]).toEqual([[], false]);
});

test.each([
  ["withdrawal", { no: "2026-11" }],
  ["expiry", { access_key: "k" }],
])("a yes counts once: the same does not start again after a %s, a newer one does", async (_, over) => {
  const page = site();
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON - 1000));
  vi.setSystemTime(NOON + 5000);
  page.tag.write_(over);
  await says(yes("m", NOON - 1000));
  await says(yes("m", NOON + 4999)); // given before it was over
  expect([page.told.length, page.on()]).toEqual([1, false]);
  vi.setSystemTime(NOON + 9000);
  await says(yes("m", NOON + 8000));
  expect([page.told.length, page.on()]).toEqual([2, true]);
});

test("what ended while no page looked ended, at the latest, when one looks again", async () => {
  const page = site({ no: "2026-11" });
  page.stored["byleave:example.com.cmp"] = `${NOON - 9e6}+`;
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON - 1000));
  expect(page.told).toEqual([]);
});

test("a no of before the tool was followed outweighs an older yes", async () => {
  const page = site({ no: "2026-11" });
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON - 1000));
  expect(page.told).toEqual([]);
});

test("a yes older than the notice is asked about once, and not again", async () => {
  const page = site();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  page.refuses = Object.assign(Error("the notice has changed since that yes."), { stale_: true });
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON - 1000));
  expect(warn).toHaveBeenCalledTimes(1);
  delete page.refuses;
  await says(yes("m", NOON - 1000));
  expect([page.told, page.on()]).toEqual([[], false]);
});

test("a yes that could not be recorded is tried again by the next page", async () => {
  const page = site();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  page.refuses = Error("no answer");
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON - 1000));
  expect(page.on()).toBe(false);
  delete page.refuses;
  await says(yes("m", NOON - 1000));
  expect(page.on()).toBe(true);
});

test("fewer categories narrow, and what the tool has no say in stays", async () => {
  const page = site({ ...YES, purposes: ["measure", "returning", "ads"] }, { cmpAds: "ads" });
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m"));
  expect(page.told.map(({ purposes }) => purposes)).toEqual([["measure", "returning"]]);
  expect(page.on()).toBe(true);
});

test("more categories need a newer yes", async () => {
  const page = site({ ...IN_FORCE }, { cmpAds: "ads" });
  page.stored["byleave:example.com.cmp"] = `${NOON - 5000}+`;
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m ads", NOON - 5000));
  expect([page.told, page.on()]).toEqual([[], true]);
  await says(yes("m ads", NOON - 4000));
  expect(page.told[0]!.purposes).toEqual(["measure", "ads"]);
});

test("a signal wins over any yes, and a no is heard under it", async () => {
  const page = site({ ...IN_FORCE });
  const { adapter, says } = puppet();
  page.obey(adapter);
  page.signal = true;
  await says(yes("m", NOON));
  expect([page.told, page.on()]).toEqual([[], false]);
  await says(yes("", NOON));
  expect(page.withdrawals).toBe(1);
});

test("a time in the future is no time; a clock set back locks nobody out", async () => {
  const page = site();
  page.stored["byleave:example.com.cmp"] = `${NOON + 9e9}`;
  const { adapter, says } = puppet();
  page.obey(adapter);
  await says(yes("m", NOON + 36e5));
  await says(yes("m", NaN));
  expect(page.told).toEqual([]);
  await says(yes("m", NOON + 1000));
  expect(page.told.length).toBe(1);
});

test("a no during the telling of a yes withdraws it", async () => {
  const page = site();
  const { adapter, says } = puppet();
  page.obey(adapter);
  void says(yes("m", NOON));
  await says(yes("", NOON));
  expect(page.on()).toBe(false);
  expect(page.told.length).toBe(page.withdrawals);
});

test("who only stops starts nothing, and lets what is in force go on", async () => {
  const page = site({ ...IN_FORCE });
  let hold!: (stop: boolean) => void;
  page.obey({ follow: (_, given) => void (hold = given) });
  expect(page.on()).toBe(false);
  hold(false);
  expect(page.on()).toBe(true);
  hold(true);
  await settle();
  expect([page.on(), page.withdrawals]).toEqual([false, 0]);
});

test("a tool that is still missing stops everything", async () => {
  const page = site({ ...IN_FORCE });
  const { adapter, says } = puppet();
  page.obey(adapter, "auto");
  await says(yes("m"));
  expect(page.on()).toBe(false);
});
