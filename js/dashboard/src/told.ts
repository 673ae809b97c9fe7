/** What was done stands on the page once: its address forgets it, so that loading it again does not say it again. */
export function tellOnce(window: Window): void {
  const url = new URL(window.location.href);
  if (!url.searchParams.has("done")) return;
  url.searchParams.delete("done");
  window.history.replaceState(null, "", url);
}
