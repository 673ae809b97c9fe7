// One consented visit in a real Firefox, driven over WebDriver BiDi: silence, yes, pageviews, clicks, a leave, and a
// withdrawal that stops another tab; then one under Global Privacy Control. Reads {executable, website, collector, token}
// as JSON; writes what was seen as JSON.
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const QUIET_MS = 1500; // longer than a batch waits before it is sent
const { executable, website, collector, token } = JSON.parse(readFileSync(0, "utf8"));
const seen = {};
const requests = [];

/** `look` again and again until it finds something; what it found. */
async function until(what, look) {
  for (const end = Date.now() + 8000; Date.now() < end; await quiet(50)) {
    const found = await look();
    if (found) return found;
  }
  throw Error(`waited in vain for ${what}`);
}
const quiet = (ms = QUIET_MS) => new Promise((resolve) => setTimeout(resolve, ms));

async function totals() {
  const days = [-1, 1].map((days) => new Date(Date.now() + days * 864e5).toISOString().slice(0, 10));
  const metrics = ["visits", "pageviews", "clicks"];
  const answer = await fetch(`${collector}/api/v1/query`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ site: "localhost", from: days[0], to: days[1], metrics }),
  });
  const { visits, pageviews, clicks } = (await answer.json()).totals;
  return `${visits} ${pageviews} ${clicks}`;
}
const untilTotals = (wanted) => until(`totals of ${wanted}`, async () => (await totals()) == wanted);

/** Everything that the page's origin holds in this browser. */
const stored = (page) =>
  page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));

/** A tab whose requests are noted, as the browser itself reports them. */
async function tab(browser, path) {
  const page = await browser.newPage();
  page.on("request", (request) => {
    if (request.url().startsWith(collector))
      requests.push(`${request.method()} ${request.url().slice(collector.length)}`);
  });
  await page.goto(website + path);
  return page;
}

/** Press a button of the banner, once it is there. */
async function press(page, label) {
  const button = await until(`the button ${label}`, () =>
    page
      .evaluateHandle(
        (label) =>
          [
            ...(document.querySelector("byleave-ask")?.shadowRoot.querySelectorAll("[role=dialog] button") ??
              []),
          ].find((one) => one.textContent == label),
        label,
      )
      .then((handle) => handle.asElement()),
  );
  await button.click();
}

const follow = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const asked = (page) => until("the ask", () => page.evaluate(() => !!document.querySelector("byleave-ask")));

async function silence(page) {
  await asked(page);
  await follow(page, "a[href='/about/']");
  await asked(page);
  await page.evaluate(() => byleave.track("early"));
  await quiet();
  seen.before = { requests: requests.splice(0), stored: await stored(page), totals: await totals() };
}

async function yes(page) {
  await press(page, "Yes to all");
  await untilTotals("1 1 0");
  await follow(page, "a[href='/bread/']");
  await untilTotals("1 2 1");
  await page.click("button[data-byleave]");
  await untilTotals("1 2 2");
  const { local } = await stored(page);
  seen.kept = Object.keys(local).sort();
  const { access_key } = JSON.parse(local["byleave:localhost"]);
  const rows = async () => {
    const request = { method: "POST", headers: { Origin: collector }, body: JSON.stringify({ access_key }) };
    return (await (await fetch(`${collector}/c/me?lang=en`, request)).json()).rows;
  };
  await until("the leave of /about/", async () =>
    (await rows()).some(({ words }) => words.startsWith("You left /about/")),
  );
  seen.rows = (await rows()).map(({ words }) => words);
  seen.browsers = [...new Set((await rows()).map(({ browser }) => browser))];
}

async function withdraw(page, other) {
  await page.bringToFront();
  await page.click("[data-byleave-choices]");
  await press(page, "Stop and erase");
  await untilTotals("0 0 0");
  await other.bringToFront();
  requests.length = 0;
  await follow(other, "a[href='/orders/']");
  await other.evaluate(() => byleave.track("late"));
  await quiet();
  seen.after = { requests: requests.splice(0), stored: await stored(other), totals: await totals() };
}

/** Under Global Privacy Control, which Firefox has a setting for: `globalPrivacyControl` and the header are its own. */
async function signal(page) {
  await follow(page, "a[href='/about/']");
  await page.evaluate(() => byleave.track("never"));
  await quiet();
  const told = await page.evaluate(() => navigator.globalPrivacyControl);
  seen.signal = { told, requests: requests.splice(0), stored: await stored(page), totals: await totals() };
}

/** Without a window Firefox names itself as with one, so it is no bot to the collector. */
async function firefox(preferences, visit) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: executable,
    headless: true,
    extraPrefsFirefox: { "intl.accept_languages": "en-GB, en", ...preferences },
  });
  try {
    await visit(browser);
  } finally {
    await browser.close();
  }
}

await firefox({}, async (browser) => {
  const page = await tab(browser, "/");
  await silence(page);
  await yes(page);
  const other = await tab(browser, "/about/");
  await untilTotals("1 3 2");
  await withdraw(page, other);
});
await firefox({ "privacy.globalprivacycontrol.enabled": true }, async (browser) => {
  await signal(await tab(browser, "/"));
});
console.log(JSON.stringify(seen));
