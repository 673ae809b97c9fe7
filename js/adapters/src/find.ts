/** The consent tools that can be followed, and how each shows that it is on the page and can be asked. */
const TOOLS: Record<string, (page: Record<string, any>) => unknown> = {
  cookiebot: (page) => page.Cookiebot?.consent,
  onetrust: (page) => page.OneTrust?.GetDomainData && page.OneTrust.IsAlertBoxClosed,
  klaro: (page) => page.klaro?.getManager,
  cookieconsent: (page) => page.CookieConsent?.validConsent,
  tcf: (page) => page.__tcfapi,
  wp: (page) => page.wp_has_consent,
  "consent-mode": (page) => page.dataLayer?.some?.((entry: any) => entry?.[0] == "consent"),
  gpp: (page) => page.__gpp,
};

// Many tools speak one of these beside their own interface, which says more.
const SHARED = ["tcf", "wp", "consent-mode"];
const ALONE = "gpp"; // stops beside whichever tool says yes
const SHARED_AFTER_MS = 2e3;
const LOOK_MS = 200;
const LOOKS = 300; // for a minute

/** The names in data-cmp; `auto` stays as it is. */
export const wanted = (attribute = ""): string[] => attribute.split(/[\s,]+/).filter(Boolean);

/**
 * Tells `found` of each tool in `names` once it is on the page, and of the first of all for `auto`, as which it is
 * wanted; `lost` of those that never came.
 */
export function find(
  names: string[],
  found: (tool: string, name: string) => void,
  lost: (names: string[]) => void,
): void {
  const page = window as unknown as Record<string, unknown>;
  const waiting = new Set(names);
  let looks = 0;
  const take = (tool: string, name: string): void => {
    waiting.delete(name);
    found(tool, name);
  };
  const auto = (): void => {
    if (names.includes("auto") && !names.includes(ALONE) && TOOLS[ALONE]!(page)) {
      names = [...names, ALONE];
      take(ALONE, ALONE);
    }
    const early = looks * LOOK_MS < SHARED_AFTER_MS;
    const tool = Object.keys(TOOLS).find(
      (one) => one != ALONE && !(early && SHARED.includes(one)) && TOOLS[one]!(page),
    );
    if (waiting.has("auto") && tool) take(tool, "auto");
  };
  const look = (): void => {
    for (const name of [...waiting]) if (TOOLS[name]?.(page)) take(name, name);
    auto();
    if (waiting.size || names.includes("auto")) {
      if (looks++ < LOOKS) setTimeout(look, LOOK_MS);
      else if (waiting.size) lost([...waiting]);
    }
  };
  look();
}
