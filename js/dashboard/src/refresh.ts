import { morph } from "./morph";

const PARTS = ["header.top", "main", "footer.foot"];

let latest = 0;

/**
 * Fetch a page as the server draws it and bring the one on screen up to it. Resolves to the address it has in the
 * end, or to null when a later refresh overtook this one. A page that is no longer ours to see (signed out) is loaded in full.
 */
export async function refresh(window: Window, url: string): Promise<string | null> {
  const turn = ++latest;
  const answer = await window.fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (answer.redirected && new URL(answer.url).pathname !== new URL(url, window.location.href).pathname) {
    window.location.assign(answer.url);
    return null;
  }
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== latest) return null;
  for (const part of PARTS) {
    const now = window.document.querySelector(part);
    const wanted = next.querySelector(part);
    if (now && wanted) morph(now, wanted);
  }
  window.document.title = next.title;
  return answer.url;
}
