import { make, section } from "./element";
import type { Tongue } from "./tongue";
import { askNotice, type Consent, type Notice, type Told } from "./wire";

const COMPARED = {
  controller: "controller",
  contact: "contact_field",
  authority: "authority",
  recipients: "recipients",
  purposes: "purposes",
  retention_months: "retention_months",
  k: "k",
  query_keep: "query_keep",
  visits: "visits",
};

/** The notice that the latest yes was given under, and what differs in a later one. */
export function seen(tongue: Tongue, told: Told): HTMLElement | "" {
  const yes = lastYes(told.records);
  const notice = told.notices.find(({ id }) => id == yes?.notice);
  if (!yes || !notice) return "";
  const last = newest(told.notices)!;
  const later = last.id == notice.id ? null : last;
  const difference = make("div");
  if (later) compare(tongue, notice, later).then((nodes) => difference.append(...nodes), quiet);
  return section(
    "seen",
    tongue.say("seen_title"),
    make(
      "p",
      {},
      tongue.say("seen", {
        date: tongue.date(yes.at),
        published: tongue.date(notice.published),
        controller: notice.controller || told.site,
      }),
      " ",
      later ? "" : tongue.say("seen_current"),
    ),
    make("p", {}, link(notice, tongue.say("seen_read"), tongue)),
    difference,
  );
}

/** The notice that was published last; the one in force is among them. */
export function newest(notices: Notice[]): Notice | undefined {
  return [...notices].sort((one, other) => (one.published > other.published ? 1 : -1)).at(-1);
}

/** The latest record of a yes. */
export function lastYes(records: Consent[]): Consent | undefined {
  return records.filter(isYes).sort((one, other) => other.sequence - one.sequence)[0];
}

/** Whether a record is of a yes, not of its end. */
export function isYes({ kind }: Consent): boolean {
  return kind == "given" || kind == "re-confirmed";
}

const quiet = (): void => {}; // both notices stand there as links

async function compare(tongue: Tongue, notice: Notice, later: Notice): Promise<Node[]> {
  const [before, after] = await Promise.all([askNotice(notice.id), askNotice(later.id)]);
  const shown = (field: string, value: unknown): string => {
    const texts = Array.isArray(value) ? value : [value];
    if (field == "visits") return tongue.say(value == "hidden" ? "hidden" : "shown");
    const words = field == "purposes" ? texts.map((one) => tongue.purpose(one)) : texts;
    return words.join(", ") || tongue.say("nobody");
  };
  const list = make("ul");
  for (const [field, words] of Object.entries(COMPARED)) {
    const [was, is] = [shown(field, before[field]), shown(field, after[field])];
    const gaps = { what: tongue.say(words), before: was, after: is };
    if (was != is) list.append(make("li", {}, tongue.say("differs", gaps)));
  }
  const some = list.childElementCount > 0;
  const sentence = tongue.say(some ? "seen_later" : "seen_later_same", {
    published: tongue.date(later.published),
  });
  return [
    make("p", {}, sentence),
    ...(some ? [list] : []),
    make("p", {}, link(later, tongue.say("seen_later_read"), tongue)),
  ];
}

function link(notice: Notice, words: string, tongue: Tongue): HTMLElement {
  return make("a", { href: `notice/${notice.id}?lang=${tongue.language}` }, words);
}
