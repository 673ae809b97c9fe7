import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { waitLive } from "../src/waits";

const AT = "/sites/example.com/installation";
const PAGE = (state: string) =>
  `<body><header class="top"></header><main><div role="status" data-waits="${AT}">${state}</div><section data-signal="gpc" hidden>GPC</section></main><footer class="foot"></footer></body>`;

let asked: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  document.documentElement.innerHTML = PAGE("waiting");
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return { status: 200, redirected: false, url, text: async () => PAGE("works") };
  });
});

afterEach(() => {
  vi.useRealTimers();
});

test("a page that waits looks by itself, where it says, and not while it is out of sight", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  waitLive(window);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toEqual([]);
  hidden.mockReturnValue(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked).toEqual([AT]);
  expect(document.querySelector("[data-waits]")?.textContent).toBe("works");
});

test("a signal that only a script can tell of is shown, and stays through a look", async () => {
  vi.stubGlobal("navigator", { globalPrivacyControl: true, doNotTrack: null });
  waitLive(Object.assign(Object.create(window), { navigator, document, location: window.location }));
  const told = () => document.querySelector<HTMLElement>("[data-signal=gpc]")?.hidden;
  expect(told()).toBe(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(asked.length).toBe(1);
  expect(told()).toBe(false);
});

test("any other page is left alone", async () => {
  document.documentElement.innerHTML = "<body><main>Numbers</main></body>";
  waitLive(window);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toEqual([]);
});
