import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goLive, siteOf } from "../src/live";

const PAGE = (seen: string, text: string) =>
  `<html><head><title>t</title></head><body><header class="top"></header><main><i data-seen="${seen}">${text}</i></main><footer class="foot"></footer></body></html>`;

let today = 1;
let asked: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  today = 1;
  asked = [];
  window.history.replaceState(null, "", "/sites/example.com?period=7d");
  document.documentElement.innerHTML = PAGE("[1,1]", "one");
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    if (url.startsWith("/api/")) return { status: 200, ok: true, json: async () => ({ visits: 1, today }) };
    return { status: 200, ok: true, redirected: false, url, text: async () => PAGE(`[1,${today}]`, "two") };
  });
});

afterEach(() => {
  vi.useRealTimers();
});

test("a page that is up to date is not fetched; one that is not shows what is new within two seconds", async () => {
  goLive(window);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.every((url) => url === "/api/v1/live?site=example.com")).toBe(true);
  today = 2;
  await vi.advanceTimersByTimeAsync(2000);
  expect(document.querySelector("main")?.textContent).toBe("two");
  const pages = asked.filter((url) => !url.startsWith("/api/"));
  expect(pages).toEqual([window.location.href]);
});

test("what was done can be read before the page is drawn anew", async () => {
  document.querySelector("main")?.insertAdjacentHTML("afterbegin", '<p class="done">Saved.</p>');
  today = 2;
  goLive(window);
  await vi.advanceTimersByTimeAsync(9000);
  expect(document.querySelector("main")?.textContent).toBe("Saved.one");
  await vi.advanceTimersByTimeAsync(4000);
  expect(document.querySelector("main")?.textContent).toBe("two");
});

test("nothing is asked while the page is out of sight", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  goLive(window);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.length).toBeGreaterThan(0);
});

test("a page without numbers is left alone", async () => {
  document.documentElement.innerHTML = "<body><main>A form, half filled in</main></body>";
  goLive(window);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});

test.each([
  ["/sites/example.com", "example.com"],
  ["/sites/example.com/journeys", "example.com"],
  ["/sites/example.com/rows/pages", "example.com"],
  ["/sites", null],
  ["/sign-in", null],
])("%s is about %s", (path, site) => {
  expect(siteOf(path)).toBe(site);
});
