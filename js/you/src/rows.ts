import { fold, make, some } from "./element";
import type { Tongue } from "./tongue";
import type { Row, Told } from "./wire";

const FIRST = 25;

// Which kind of data of the notice, told in the reader's language, a column belongs to.
const CATEGORIES: Record<string, string[]> = {
  page: ["site", "host", "path"],
  time: ["occurred_at", "kind", "nth", "seconds", "scroll"],
  action: ["target", "target_kind", "props", "value", "currency"],
  source: ["source", "channel", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"],
  advert: ["ad"],
  place: ["country", "city"],
  device: ["browser", "browser_major", "os", "device"],
  visit: ["visit", "notice"],
  visitor: ["visitor"],
};

/** Every row in words, the latest first; opened, it shows all that is stored of it. */
export function rows(tongue: Tongue, told: Told): Node[] {
  const list = make("ol", { class: "rows" });
  const latest = [...told.rows].reverse();
  const all = tongue.say("rows_all", { count: latest.length });
  return some(list, latest, FIRST, (row) => make("li", {}, line(tongue, row)), all);
}

function line(tongue: Tongue, row: Row): HTMLElement {
  const details = make(
    "details",
    {},
    make(
      "summary",
      {},
      make(
        "time",
        { datetime: row.occurred_at },
        `${tongue.shortDate(row.occurred_at)}, ${tongue.time(row.occurred_at)}`,
      ),
      make("span", { class: "words" }, row.words),
      make(
        "span",
        { class: "quiet" },
        row.expires ? tongue.say("gone_by", { date: tongue.shortDate(row.expires) }) : "",
      ),
    ),
  );
  // Made when it is looked at: a thousand rows have thirty columns each.
  details.addEventListener("toggle", () => details.append(stored(row)), { once: true });
  return details;
}

function stored(row: Row): HTMLElement {
  const list = make("dl", { class: "stored" });
  for (const [name, value] of Object.entries(row)) {
    if (value === null || name == "words" || name == "expires") continue;
    const text = typeof value == "object" ? JSON.stringify(value) : `${value}`;
    list.append(make("dt", {}, make("code", {}, name)), make("dd", {}, text));
  }
  return list;
}

/** What each column means, in the words of the notice; what those do not explain, in the words of the store. */
export function columns(tongue: Tongue, told: Told): HTMLElement {
  const list = make("dl", { class: "meanings" });
  const about = told.columns ?? {};
  const left = new Set(Object.keys(about));
  for (const [category, names] of Object.entries(CATEGORIES)) {
    const there = names.filter((name) => left.delete(name));
    if (there.length) list.append(terms(there), make("dd", {}, tongue.stored(category)));
  }
  for (const name of left) list.append(terms([name]), make("dd", { lang: "en" }, about[name]!));
  return fold(tongue.say("columns"), list);
}

function terms(names: string[]): HTMLElement {
  const term = make("dt");
  for (const name of names) term.append(make("code", {}, name), " ");
  return term;
}
