import { closeMenus } from "./menus";
import { refresh } from "./refresh";

/**
 * Links and forms that only change what this page shows (range, filters, tabs) change it in place; the address follows,
 * and the back button leads back. Everything else is the browser's.
 */
export function followLinks(window: Window): void {
  const { document } = window;
  document.addEventListener(
    "click",
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const out = event.altKey || event.shiftKey ? target?.closest("th")?.querySelector("a.without") : null;
      const href =
        out?.getAttribute("href") ?? target?.closest("[data-href]")?.getAttribute("data-href") ?? null;
      if (href === null || event.button || event.metaKey || event.ctrlKey) return;
      event.preventDefault(); // a modified click on a link would open a window or save a file
      go(window, new URL(href, window.location.href));
    },
    true,
  );
  document.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const url = link && addressOf(link, window);
    if (!url) return;
    event.preventDefault();
    go(window, url);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "get") return;
    event.preventDefault();
    const fields = [...new FormData(form)]
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, String(value)]);
    go(window, new URL(`?${new URLSearchParams(fields)}`, window.location.href));
  });
  window.addEventListener("popstate", () => show(window, window.location.href));
}

/** Where a link leads, if that is this same page in another state. SVG links hold theirs in an attribute too. */
function addressOf(link: Element, window: Window): URL | null {
  const href = link.getAttribute("href");
  if (!href || href.startsWith("#") || link.hasAttribute("download")) return null;
  const url = new URL(href, window.location.href);
  const here = window.location;
  const stays =
    url.origin === here.origin && url.pathname === here.pathname && url.pathname.startsWith("/sites/");
  return stays ? url : null;
}

function go(window: Window, url: URL): void {
  url.hash = ""; // it leads readers without script back to their panel; here nothing scrolls
  closeMenus(window.document);
  window.history.pushState(null, "", url);
  show(window, url.href);
}

function show(window: Window, url: string): void {
  const main = window.document.querySelector("main");
  main?.setAttribute("aria-busy", "true");
  refresh(window, url)
    .then((settled) => {
      if (settled === null) return;
      main?.removeAttribute("aria-busy");
      // The filter form's own fields became a filter on the server, which sent us on to its address.
      if (settled !== url) window.history.replaceState(null, "", settled);
    })
    .catch(() => window.location.assign(url));
}
