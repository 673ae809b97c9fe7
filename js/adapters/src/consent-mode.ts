import type { Adapter } from "./adapter";

// Google Consent Mode v2: `gtag("consent", "update", {…})` as it passes through the data layer. It carries no time, and
// tools repeat the stored choice on each page, so only one that comes with a person's act on this page can start or end.

type Entry = { 0?: unknown; 1?: unknown; 2?: Record<string, string> };

const adapter: Adapter = {
  source: "consent-mode",
  measure: "analytics_storage",
  follow(hear, _, measure) {
    const page = window as unknown as { dataLayer: Entry[] };
    const layer = page.dataLayer;
    const states: Record<string, string> = {};
    const look = (entry: Entry | undefined, acted: boolean | undefined): void => {
      // A default is the site's own word, granted or not.
      if (entry?.[0] != "consent" || entry[1] != "update") return;
      Object.assign(states, entry[2]);
      const given = (name: string): boolean => states[name] == "granted";
      if (acted && measure.every((name) => entry[2]?.[name])) hear({ given, at: Date.now() });
      else if (measure.every(given)) hear({ given });
      else hear();
    };
    for (const entry of layer) look(entry, false);
    const push = layer.push;
    layer.push = function (...entries) {
      const length = push.apply(this, entries);
      for (const entry of entries) look(entry, navigator.userActivation?.isActive);
      return length;
    };
  },
};
export default adapter;
