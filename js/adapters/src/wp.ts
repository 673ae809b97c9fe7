import type { Adapter } from "./adapter";
import { stored } from "./stored";

// The WP Consent API, by which WordPress plugins share what a visitor chose in one of them. It gives no time; it tells
// of a category only when that changed.

interface Page {
  /** `optin`, `optout`, or a plugin's own; none where nothing asks. */
  wp_consent_type?: string;
  wp_fallback_consent_type?: string;
  wp_has_consent(category: string): boolean;
  consent_api?: { cookie_prefix?: string };
}

const adapter: Adapter = {
  source: "wp",
  measure: "statistics",
  follow(hear, _, measure) {
    const page = window as unknown as Page;
    const look = (at?: number): void => {
      const asked = page.wp_consent_type || page.wp_fallback_consent_type;
      // Without a word kept for the category nobody was asked yet.
      const kept = (category: string): string =>
        stored(`${page.consent_api?.cookie_prefix ?? "wp_consent"}_${category}`);
      if (asked != "optin" || !measure.every(kept)) return hear();
      hear({ given: (category) => page.wp_has_consent(category) === true, at });
    };
    document.addEventListener("wp_listen_for_consent_change", (event) => {
      const change = (event as CustomEvent<Record<string, string>>).detail;
      look(measure.some((category) => change[category] == "allow") ? Date.now() : undefined);
    });
    document.addEventListener("wp_consent_type_defined", () => look());
    look();
  },
};
export default adapter;
