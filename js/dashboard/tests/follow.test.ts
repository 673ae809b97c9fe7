import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { followLinks } from "../src/follow";

const ORIGIN = window.location.origin;
let asked: string[] = [];

beforeAll(() => followLinks(window));

beforeEach(() => {
  asked = [];
  window.history.replaceState(null, "", "/sites/example.com?period=7d");
  document.body.innerHTML = '<header class="top"></header><main></main><footer class="foot"></footer>';
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return { status: 200, redirected: false, url, text: async () => "<main>new</main>" };
  });
});

function click(href: string, init: MouseEventInit = {}): boolean {
  const link = document.createElement("a");
  link.setAttribute("href", href);
  document.querySelector("main")?.append(link);
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...init });
  link.addEventListener("click", (seen) => setTimeout(() => seen.preventDefault()));
  link.dispatchEvent(event);
  return event.defaultPrevented;
}

test("another state of this page is shown in place, and the address follows", async () => {
  expect(click("/sites/example.com?f=is:country:DE#panel-places")).toBe(true);
  await vi.waitFor(() => expect(document.querySelector("main")?.textContent).toBe("new"));
  expect(asked).toEqual([`${ORIGIN}/sites/example.com?f=is:country:DE`]);
  expect(window.location.search).toBe("?f=is:country:DE");
});

test.each([
  ["another page", "/sites/example.com/journeys", {}],
  ["another site", "https://db-ip.com", {}],
  ["a place on this page", "#main", {}],
  ["a new tab", "/sites/example.com?f=is:country:DE", { ctrlKey: true }],
])("%s is the browser's to open", (_, href, init) => {
  document.addEventListener("click", (event) => event.preventDefault(), { once: true });
  click(href, init);
  expect(asked).toEqual([]);
  expect(window.location.search).toBe("?period=7d");
});

test("a form that only asks is shown in place too, without its empty fields", async () => {
  const main = document.querySelector("main") as HTMLElement;
  main.innerHTML =
    '<form method="get"><input name="from" value="2026-01-01"><input name="x" value=""></form>';
  main.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await vi.waitFor(() => expect(asked).toEqual([`${ORIGIN}/sites/example.com?from=2026-01-01`]));
});
