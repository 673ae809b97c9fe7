import type { Adapter } from "./adapter";

// IAB TCF 2.2 and 2.3, "CMP API v2". The publisher's own consents count, a legitimate interest never.

interface TCData {
  eventStatus: string;
  /** Undefined until the tool knows. */
  gdprApplies?: boolean;
  tcString?: string;
  publisher?: { consents?: Record<string, boolean> };
  /** What was said about vendors. */
  purpose?: { consents?: Record<string, boolean> };
}
type Api = (
  command: "addEventListener",
  version: 2,
  callback: (data: TCData, success: boolean) => void,
) => void;

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** "LastUpdated", the 36 bits after version and "Created", in tenths of a second; since 2.2 the midnight before it. */
const updated = (tcString: string): number =>
  [...tcString.slice(7, 13)].reduce((sum, digit) => sum * 64 + DIGITS.indexOf(digit), 0) * 100;

const adapter: Adapter = {
  source: "tcf",
  measure: "1 8",
  follow(hear) {
    let asked = true; // since the last choice; whoever comes late counts as having seen it
    let told = false;
    (window as unknown as { __tcfapi: Api }).__tcfapi("addEventListener", 2, (data, success) => {
      const { eventStatus, gdprApplies, tcString = "", publisher, purpose } = data || {};
      const consents = publisher?.consents ?? {};
      const chosen = eventStatus == "useractioncomplete";
      if (eventStatus == "cmpuishown") asked = true;
      if (!success || !gdprApplies || !(chosen || eventStatus == "tcloaded")) return hear();
      // Tools leave out what is not chosen. Is nothing left after a yes to vendors, then nobody was asked about this.
      if (!Object.keys(consents).length && Object.values(purpose?.consents ?? {}).includes(true)) {
        if (!told)
          console.warn(
            "Byleave: this site's TCF tool asks for no publisher consents, so nothing is measured; let it ask for the publisher purposes 1 and 8.",
          );
        told = true;
        return hear();
      }
      const at = chosen && asked ? Date.now() : updated(tcString);
      if (chosen) asked = false;
      hear({ given: (purpose) => consents[purpose] === true, at });
    });
  },
};
export default adapter;
