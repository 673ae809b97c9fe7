"""What is asked of a page: expressions for its console, each of which gives JSON and changes nothing."""

TAG = r"""(() => ({
  href: location.href,
  scripts: [...document.querySelectorAll("script[src]")]
    .filter((one) => /\/(tag|t\/\w+)\.js([?#].*)?$/.test(one.src))
    .map((one) => ({
      src: one.src,
      site: one.dataset.site || new URL(one.src).searchParams.get("site") || location.hostname,
      named: "site" in one.dataset,
      banner: one.dataset.banner || "",
      cmp: one.dataset.cmp || "",
    })),
  running: Object.keys(self).filter((name) => name.startsWith("byleave:")).map((name) => name.slice(8)),
}))()"""

BANNER = """(() => {
  const host = document.querySelector("byleave-ask");
  const dialog = host?.shadowRoot?.querySelector("[role=dialog]");
  if (!dialog) return null;
  const looks = ["color", "backgroundColor", "borderColor", "borderWidth", "fontSize", "fontWeight", "opacity"];
  return [...dialog.querySelectorAll(".row button")].map((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const style = getComputedStyle(button);
    const middle = { x: x + width / 2, y: y + height / 2 };
    return {
      label: button.textContent, ...middle, height: Math.round(height),
      seen: width > 0 && document.elementFromPoint(middle.x, middle.y) === host,
      style: looks.map((name) => style[name]).join(" "),
    };
  });
})()"""

STORED = """(async () => {
  const found = { local: {}, session: {}, databases: [], caches: [] };
  try { found.local = { ...localStorage }; } catch {}
  try { found.session = { ...sessionStorage }; } catch {}
  try { found.databases = (await indexedDB.databases()).map((one) => one.name); } catch {}
  try { found.caches = await caches.keys(); } catch {}
  return found;
})()"""

# The public interfaces of the consent tools, and what each says is granted to a visitor who was asked nothing yet.
TOOLS = """(async () => {
  const found = {};
  const tell = async (name, there, granted) => {
    try { if (there()) found[name] = String(await granted()); } catch { found[name] = "unknown"; }
  };
  const listed = (grants) => Object.keys(grants || {}).filter((one) => grants[one] === true).join(", ");
  await tell("cookiebot", () => self.Cookiebot, () => listed(Cookiebot.consent));
  await tell("onetrust", () => self.OneTrust, () => (self.OnetrustActiveGroups || "").replace(/^,|,$/g, ""));
  await tell("klaro", () => self.klaro, () => listed(klaro.getManager().consents));
  await tell("cookieconsent", () => self.CookieConsent?.validConsent,
    () => CookieConsent.getUserPreferences().acceptedCategories.join(", "));
  await tell("tcf", () => self.__tcfapi, () => new Promise((done) => {
    setTimeout(done, 500, "unknown");
    __tcfapi("getTCData", 2, (data) => done(listed(data?.publisher?.consents)));
  }));
  await tell("gpp", () => self.__gpp, () => "it only ever stops");
  await tell("wp", () => self.wp_has_consent, () => (wp_has_consent("statistics") ? "statistics" : ""));
  const entries = () => [...(self.dataLayer || [])].filter((one) => one?.[0] === "consent");
  await tell("consent-mode", () => entries().length,
    () => (entries().some((one) => one[2]?.analytics_storage === "granted") ? "analytics_storage" : ""));
  return found;
})()"""

# Refused in any case: no notice has this id, so the collector says whether it would take a yes, and takes none.
PROBE = """fetch(%s, { method: "POST", credentials: "omit", redirect: "error", body: JSON.stringify({
  site: %s, notice: "0".repeat(64), purposes: ["measure"], source: "banner", shown: "byleave", locale: "en",
  ui: "0".repeat(64), prior: null,
}) }).then((answer) => answer.status, () => 0)"""

ACCESS_KEY = "JSON.parse(localStorage[%s] || '{}').access_key || ''"
