import { beforeEach, expect, test, vi } from "vitest";
import { findKey } from "../src/key";
import type { Told } from "../src/wire";
import {
  KEY,
  SITE,
  WORDS,
  answers,
  arrive,
  deeds,
  held,
  main,
  press,
  reset,
  rows,
  settled,
  told,
} from "./visitor";

beforeEach(() => {
  reset();
  vi.useRealTimers();
});

test("the key leaves the address at once, and travels in the body of the POST alone", async () => {
  await arrive(`#${KEY}`);
  expect(location.href).not.toContain("k1.");
  expect(deeds).toEqual([{ path: "me?lang=en", body: { access_key: KEY } }]);
  expect([localStorage.length, sessionStorage.length, document.cookie]).toEqual([0, 0, ""]);
  expect(document.documentElement.outerHTML).not.toContain(KEY);
});

test("it shows the choice, each purpose, the visits, the rows with their end, and the notice", async () => {
  await arrive(`#${KEY}`);
  expect(main("h1").textContent).toBe("You said yes on 3 October 2026.");
  expect(main(".purposes").textContent).toBe("YespagesYesreturnNoadverts");
  expect([...main(".way").children].map((step) => step.textContent)).toEqual([
    "page /",
    "click “Order”",
    "left",
  ]);
  expect(main(".way svg").getAttribute("aria-hidden")).toBe("true");
  expect(main(".visits p").textContent).toBe("from Google · Safari · phone · Berlin, Germany");
  expect(main(".rows li").textContent).toContain("You read /1gone by 22 Dec 2028");
  expect(main("#seen").parentElement!.textContent).toContain("notice of Example Ltd of 28 September 2026");
});

test("a row, opened, shows all that is stored of it", async () => {
  await arrive(`#${KEY}`);
  const row = main<HTMLDetailsElement>(".rows details");
  row.open = true;
  row.dispatchEvent(new Event("toggle"));
  expect([...row.querySelectorAll("dt")].map((term) => term.textContent)).toEqual(["occurred_at", "path"]);
});

test("what the notice does not explain of the columns, the store does", async () => {
  await arrive(`#${KEY}`);
  const list = main(".meanings");
  expect(list.textContent).toBe("path The page.odd Known to the store alone");
  expect(list.querySelector("[lang=en]")!.textContent).toBe("Known to the store alone");
});

test("many rows are folded, and the reader goes on where the rest begins", async () => {
  answers["me"] = [200, { ...told(), rows: rows(300) }];
  await arrive(`#${KEY}`);
  expect(document.querySelectorAll(".rows li")).toHaveLength(25);
  press("Show all 300 rows");
  const shown = document.querySelectorAll(".rows li");
  expect(shown).toHaveLength(300);
  expect(document.activeElement).toBe(shown[25]);
});

const STATES: [string, Partial<Told>, string, string[]][] = [
  [
    "withdrawn, still on the disk",
    {
      choice: { state: "withdrawn", purposes: [], at: "2026-11-01T10:00:00Z", expires: null },
      rows: [],
      visits: [],
      columns: null,
      erasures: { waiting: true },
    },
    "You took your yes back on 1 November 2026.",
    ["Since then nothing is counted here.", "within 24 hours of your asking"],
  ],
  [
    "expired",
    {
      choice: { state: "expired", purposes: [], at: "2026-05-01T10:00:00Z", expires: "2026-10-28T10:00:00Z" },
    },
    "Your yes ended on 28 October 2026.",
    ["at once if you erase it", "Erase"],
  ],
  [
    "nothing stored yet",
    { rows: [], visits: [] },
    "You said yes on 3 October 2026.",
    [`The next page you open on ${SITE} will be the first.`],
  ],
  [
    "the record itself is gone",
    {
      choice: { state: "expired", purposes: [], at: null, expires: null },
      records: [],
      notices: [],
      rows: [],
      visits: [],
    },
    "There is no yes of yours here.",
    ["no choice is kept with it any more"],
  ],
];
test.each(STATES)("a state: %s", async (_, change, heading, sentences) => {
  answers["me"] = [200, { ...told(), ...change }];
  await arrive(`#${KEY}`);
  expect(main("h1").textContent).toBe(heading);
  for (const sentence of sentences) expect(main("").textContent).toContain(sentence);
});

test.each([
  ["nobody brings a key", "", "This page needs your key."],
  ["the key is cut short", "#k1.abc", "This page needs your key."],
])("without a key nothing is asked: %s", async (_, fragment, heading) => {
  await arrive(fragment);
  expect(main("h1").textContent).toBe(heading);
  expect(main("").textContent).toContain(WORDS.lost);
  expect(main("a").getAttribute("href")).toBe("mailto:privacy@example.com");
  expect(deeds).toEqual([]);
});

test("without a key, the website one came from tells whom to ask", async () => {
  vi.spyOn(document, "referrer", "get").mockReturnValue("https://www.example.com/bread/?q=1");
  await arrive("");
  expect(deeds).toEqual([{ path: "you?lang=en&site=www.example.com" }]);
  expect(main("h1").textContent).toBe("This page needs your key.");
});

test("a key that is none of ours gets a clear answer, and room for another", async () => {
  answers["me"] = [401, {}];
  await arrive(`#${KEY}`);
  expect(main("h1").textContent).toBe("This key opens nothing here.");
  answers["me"] = [200, told()];
  main<HTMLInputElement>("#use-key").value = "no key at all";
  press("Show what there is");
  expect(main("[role=alert]").textContent).toContain("A key begins with k1.");
  main<HTMLInputElement>("#use-key").value = `My key:\n\n k1.x.y.z \n`;
  press("Show what there is");
  await settled();
  expect(deeds.at(-1)!.body).toEqual({ access_key: "k1.x.y.z" });
  expect(document.activeElement).toBe(main("h1"));
});

test.each([
  [429, "Please wait 7 seconds."],
  [503, "Please try again in 7 seconds."],
  [500, "did not answer as it should"],
  [0, "Are you online?"],
])("the server answers %s: said, and tried again", async (status, sentence) => {
  answers["me"] = [status, {}];
  await arrive(`#${KEY}`);
  expect(main("h1").textContent).toBe("That did not work just now.");
  expect(main("").textContent).toContain(sentence);
  answers["me"] = [200, told()];
  press("Try again");
  await settled();
  expect(main("h1").textContent).toContain("You said yes");
});

test("stop and erase asks first, with two equal buttons, and says truly what the site's tag still holds", async () => {
  await arrive(`#${KEY}`);
  press("Stop and erase");
  const dialog = document.querySelector("dialog")!;
  expect(dialog.textContent).toContain("refused, none of it is stored");
  expect([...dialog.querySelectorAll("button")].map((one) => [one.textContent, one.className])).toEqual([
    ["No, leave it", ""],
    ["Yes, stop and erase", ""],
  ]);
  press("No, leave it");
  expect(document.querySelector("dialog")).toBeNull();
  expect(deeds).toHaveLength(1);
});

test.each([
  ["Stop and erase", "Yes, stop and erase", false, "Stopped and erased."],
  ["Erase and go on", "Yes, erase and go on", true, "Erased. Counting goes on."],
])("%s: asked, done, told, and followed until the bytes are gone", async (name, sure, go_on, heading) => {
  vi.useFakeTimers();
  await arrive(`#${KEY}`);
  press(name);
  answers["me"] = [200, { ...told(), rows: [], visits: [], erasures: { waiting: true } }];
  press(sure);
  await settled();
  expect(deeds[1]).toEqual({ path: "me/erase", body: { access_key: KEY, go_on } });
  expect(main("h1").textContent).toBe(heading);
  expect(document.activeElement).toBe(main("h1"));
  expect(main("").textContent).toContain("from the disk within 24 hours");
  await vi.advanceTimersByTimeAsync(3_000);
  expect(deeds.at(-1)!.path).toBe("jobs/a%20job");
  answers["jobs"] = [200, { state: "done" }];
  await vi.advanceTimersByTimeAsync(5_000);
  expect(main("").textContent).toContain("Gone from the reports, and from the disk.");
  expect(document.getElementById("said")!.textContent).toContain("from the disk");
  const asked = deeds.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(deeds).toHaveLength(asked);
});

test("an erasure that fails is told in the dialog, and can be tried again", async () => {
  await arrive(`#${KEY}`);
  answers["me/erase"] = [503, {}];
  press("Stop and erase");
  press("Yes, stop and erase");
  await settled();
  expect(document.querySelector("dialog [role=alert]")!.textContent).toContain("Trying again does no harm");
  answers["me/erase"] = [202, { job: "a job" }];
  press("Yes, stop and erase");
  await settled();
  expect(main("h1").textContent).toBe("Stopped and erased.");
});

test("an erasure that was done is not called failed because the next question fails", async () => {
  await arrive(`#${KEY}`);
  press("Erase and go on");
  answers["me"] = [503, {}];
  press("Yes, erase and go on");
  await settled();
  expect(main("h1").textContent).toBe("Erased. Counting goes on.");
  expect(main("").textContent).toContain("Please try again in 7 seconds.");
});

test("a later notice: what differs, and nothing else", async () => {
  const later = { ...told().notices[0]!, id: "later", published: "2026-11-01T09:00:00Z" };
  answers["me"] = [200, { ...told(), notices: [...told().notices, later] }];
  answers["notice/seen"] = [200, { controller: "Example Ltd", retention_months: 25, purposes: ["measure"] }];
  answers["notice/later"] = [
    200,
    { controller: "Example Ltd", retention_months: 30, purposes: ["measure", "ads"] },
  ];
  await arrive(`#${KEY}`);
  const text = main("#seen").parentElement!;
  expect([...text.querySelectorAll("li")].map((line) => line.textContent)).toEqual([
    "Purposes: pages, now pages, adverts",
    "Months a row is kept: 25, now 30",
  ]);
});

test("another language: the page's frame turns with it, and the key stays in memory", async () => {
  await arrive(`#${KEY}`);
  document.querySelector<HTMLElement>("nav a[lang=de]")!.click();
  await settled();
  expect(document.documentElement.lang).toBe("de");
  expect(deeds.map(({ path }) => path)).toEqual(["me?lang=en", "you?lang=de", "me?lang=de"]);
  expect(main("h1").textContent).toBe("Ja am 3. Oktober 2026.");
  expect(document.activeElement!.getAttribute("lang")).toBe("de");
  expect(location.href).not.toContain("k1.");
});

test("another key while the first is looked up: the late answer to the first is not shown", async () => {
  let release = (): void => {};
  held["me"] = new Promise((done) => (release = done));
  await arrive(`#${KEY}`);
  delete held["me"];
  expect(main("[role=status]").textContent).toContain("Looking");
  location.hash = "#k1.an.oth.er";
  await settled();
  expect(deeds.map(({ body }) => body)).toEqual([{ access_key: KEY }, { access_key: "k1.an.oth.er" }]);
  expect(location.href).not.toContain("k1.");
  answers["me"] = [200, { ...told(), rows: rows(3) }];
  release();
  await settled();
  expect(document.querySelectorAll(".rows li")).toHaveLength(1);
});

test("what the collector tells is shown as text", async () => {
  answers["me"] = [200, { ...told(), rows: [{ ...rows(1)[0]!, words: "<img src=x onerror=alert(1)>" }] }];
  await arrive(`#${KEY}`);
  expect(document.querySelector(".rows img")).toBeNull();
});

test.each([
  ["#k1.a.b-c.d_e", "k1.a.b-c.d_e"],
  ["This key shows …\n\nk1.a.b.c\n", "k1.a.b.c"],
  ["c1.a.b.c", ""],
  ["k1.a.b", ""],
])("a key is found in %j", (text, key) => {
  expect(findKey(text)).toBe(key);
});
