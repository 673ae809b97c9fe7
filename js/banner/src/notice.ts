import type { Handle, Purpose } from "../../tag/src/handle";

/** The words of an ask in one language; filled in by the collector, plain text. */
export interface Texts {
  title: string;
  intro: string;
  purposes: Partial<Record<Purpose, string>>;
  note: string;
  no: string;
  choose: string;
  yes: string;
  save: string;
  notice: string;
  change: string;
  saved_yes: string;
  saved_no: string;
  settings: string;
  failed: string;
  withdraw: string;
  current_yes: string;
  /** Notices of before the visitor's page have none. */
  see?: string;
  current_no: string;
}

/** GET /c/site/<site>.json, as far as an ask needs it. */
export interface Notice {
  notice: string;
  purposes: Purpose[];
  query_keep: string[];
  /** Since when a yes may have been given for it, ISO 8601: the last material change. */
  since: string;
  texts: Record<string, Texts>;
}

/** What is asked about now. Rejects with a sentence that names the fix. */
export async function fetchNotice(tag: Handle): Promise<Notice> {
  const answer = await fetch(`${tag.base_}site/${tag.site_}.json`, { credentials: "omit" }).catch(() => {
    throw Error(`${tag.base_} cannot be reached; check the address of the tag's script.`);
  });
  if (answer.ok) return answer.json();
  throw Error(
    answer.status == 404
      ? `the site "${tag.site_}" is not known at ${tag.base_}; correct data-site, or add it there with: byleave site add ${tag.site_}`
      : `the texts of the ask were answered ${answer.status}; look at the collector's log.`,
  );
}

/** The language to ask in: the page's, else the reader's first that the notice holds, else English or what there is. */
export function language(
  offered: string[],
  wanted = [document.documentElement.lang, ...navigator.languages],
): string {
  for (const tag of wanted) {
    const parts = tag.toLowerCase().split("-");
    for (; parts[0]; parts.pop()) {
      const found = offered.find((one) => one.toLowerCase() == parts.join("-"));
      if (found) return found;
    }
  }
  return offered.includes("en") ? "en" : offered[0]!;
}
