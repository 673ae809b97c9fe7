import { refresh } from "./refresh";

const POLL_MS = 800; // with the refresh that follows, a click shows within two seconds
const SLOWEST_MS = 30_000;
const REST = 2; // how many times longer than an answer took to wait until the next is asked for
const READ_MS = 10_000; // what was done can be read so long before a page drawn anew, which knows nothing of it, comes
const ANYWAY_MS = 30_000; // durations and the complete-to time move without a new visit

/**
 * Keep a page current that says from which numbers it was drawn: ask what is going on, and when that is something else,
 * fetch its parts again. A slow server is asked less often; nothing is asked while the page is out of sight.
 */
export function goLive(window: Window): void {
  const { document } = window;
  const site = siteOf(window.location.pathname);
  if (site === null || !document.querySelector("[data-seen]")) return;
  const address = `/api/v1/live?site=${encodeURIComponent(site)}`;
  const openedAt = Date.now();
  let drawnAt = openedAt;
  let drawingTook = 0;
  let pause = POLL_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    const began = Date.now();
    const answer = await window.fetch(address, { credentials: "same-origin" });
    if (answer.status === 401) return window.location.reload();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const { visits, today } = await answer.json();
    pause = Math.min(SLOWEST_MS, Math.max(POLL_MS, (Date.now() - began) * REST));
    const drawnFrom = document.querySelector<HTMLElement>("[data-seen]")?.dataset["seen"];
    const moved = JSON.stringify([visits, today]) !== drawnFrom;
    const age = Date.now() - drawnAt;
    if (age > ANYWAY_MS || (moved && age > drawingTook * REST)) await redraw();
  }

  async function redraw(): Promise<void> {
    if (document.querySelector("main[aria-busy]")) return;
    if (document.querySelector("main > .done") && Date.now() - openedAt < READ_MS) return;
    const began = Date.now();
    await refresh(window, window.location.href);
    drawnAt = Date.now();
    drawingTook = drawnAt - began;
  }

  function again(): void {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(() => {
      look()
        .catch(() => {
          pause = Math.min(SLOWEST_MS, pause * 2);
        })
        .finally(again);
    }, pause);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) pause = 0;
    again();
  });
  again();
}

/** The site a page is about. */
export function siteOf(path: string): string | null {
  const [, sites, site] = path.split("/");
  return sites === "sites" && site ? decodeURIComponent(site) : null;
}
