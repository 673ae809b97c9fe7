import type { Adapter } from "./adapter";

// vanilla-cookieconsent 3, as its global `CookieConsent`.

interface CookieConsent {
  validConsent(): boolean;
  acceptedCategory(name: string): boolean;
  getCookie(field: "lastConsentTimestamp"): string | undefined;
  getConfig(field: "mode"): string | undefined;
  getConfig(
    field: "categories",
  ): Record<string, { enabled?: boolean; readOnly?: boolean } | undefined> | undefined;
}

const adapter: Adapter = {
  source: "cookieconsent",
  measure: "analytics",
  follow(hear) {
    const look = (): void => {
      const tool = (window as unknown as { CookieConsent: CookieConsent }).CookieConsent;
      if (!tool.validConsent() || tool.getConfig("mode") == "opt-out") return hear();
      const categories = tool.getConfig("categories");
      hear({
        given(name) {
          const { enabled, readOnly } = categories?.[name] ?? {};
          // What was ticked beforehand was not chosen.
          return !enabled && !readOnly && tool.acceptedCategory(name);
        },
        at: Date.parse(tool.getCookie("lastConsentTimestamp") ?? ""),
      });
    };
    for (const name of ["Consent", "Change"]) addEventListener(`cc:on${name}`, look);
    look();
  },
};
export default adapter;
