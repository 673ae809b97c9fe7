import type { Adapter } from "./adapter";
import { stored } from "./stored";

interface Cookiebot {
  hasResponse: boolean;
  consent: Record<string, unknown>;
  consentUTC?: Date | string | null;
}

const adapter: Adapter = {
  source: "cookiebot",
  measure: "statistics",
  follow(hear) {
    const look = (): void => {
      const { hasResponse, consent, consentUTC } = (window as unknown as { Cookiebot: Cookiebot }).Cookiebot;
      if (!hasResponse || consent?.method != "explicit") return hear();
      hear({
        given: (name) => consent[name] === true,
        at: consentUTC ? +new Date(consentUTC) : +(/utc:(\d+)/.exec(stored("CookieConsent"))?.[1] ?? 0),
      });
    };
    for (const name of ["ConsentReady", "Accept", "Decline"]) addEventListener(`CookiebotOn${name}`, look);
    look();
  },
};
export default adapter;
