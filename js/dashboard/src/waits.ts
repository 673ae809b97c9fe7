import { refresh } from "./refresh";

const LOOK_MS = 1500;
const SLOWEST_MS = 30_000;

/** A page that waits for something looks by itself, while somebody sees it and nothing on it is being sent. */
export function waitLive(window: Window): void {
  const { document } = window;
  const address = document.querySelector<HTMLElement>("[data-waits]")?.dataset["waits"] ?? "";
  if (!address) return;
  let pause = LOOK_MS;

  function again(): void {
    setTimeout(() => {
      if (document.hidden) return again();
      refresh(window, address)
        .then(
          () => (pause = LOOK_MS),
          () => (pause = Math.min(SLOWEST_MS, pause * 2)),
        )
        .finally(() => {
          tellSignals(window);
          again();
        });
    }, pause);
  }

  tellSignals(window);
  again();
}

/** Say what this browser sends of itself, where a script can tell and the request did not. */
function tellSignals({ document, navigator }: Window): void {
  const sent = {
    gpc: (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true,
    dnt: /^(1|yes)$/.test(navigator.doNotTrack ?? ""),
  };
  for (const [name, on] of Object.entries(sent)) {
    const told = document.querySelector<HTMLElement>(`[data-signal="${name}"]`);
    if (told && on) told.hidden = false;
  }
}
