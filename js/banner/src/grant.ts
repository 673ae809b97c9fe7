import type { Purpose, Source } from "../../tag/src/handle";
import { post } from "../../tag/src/post";
import type { Asker } from "./asker";
import { type Notice, language } from "./notice";

/** The notice asked under is not in force any more: ask again under the current one. */
export class NoticeChanged extends Error {
  stale_ = true;
}

/** Throws a sentence while a yes cannot be given: under a signal against tracking, or on a page that anybody may have altered. */
export function allowed(tag: Asker): void {
  if (tag.api_.consent.status().signal)
    throw Error(
      "the browser sends Global Privacy Control or Do Not Track, so nothing is asked or collected.",
    );
  // Browsers hash only in secure contexts; loopback is one.
  if (!crypto.subtle)
    throw Error(
      `${location.origin} is not served over HTTPS, so nothing is asked or collected; serve it over HTTPS.`,
    );
}

/**
 * Record a yes. `build` is the address of this script; `prior` links the yes to an earlier one.
 * Rejects with a sentence when nothing was recorded; then nothing is stored here either.
 */
export async function grant(
  tag: Asker,
  build: string,
  notice: Notice,
  purposes: Purpose[],
  source: Source,
): Promise<void> {
  allowed(tag);
  await settle(tag);
  const { access_key, token } = tag.read_();
  const given = notice.purposes.filter((purpose) => purpose == "measure" || purposes.includes(purpose));
  const ui = await sha256(build);
  const answer = await post(tag.base_, "consent", {
    site: tag.site_,
    notice: notice.notice,
    purposes: given,
    source,
    shown: source == "banner" ? "byleave" : "cmp",
    locale: language(Object.keys(notice.texts)),
    ui,
    prior: access_key || token || null,
  }).catch(() => {
    // The browser tells a refused origin and a lost connection apart only in its own words, above this line.
    throw Error(
      `no answer from ${tag.base_}; it may be down, or ${location.origin} is not a hostname or alias of the site "${tag.site_}" there.`,
    );
  });
  if (answer.status == 201) {
    const { token, expires, receipt, access_key } = await answer.json();
    const { query_keep } = notice;
    tag.write_({ token, expires, receipt, access_key, purposes: given, notice: notice.notice, query_keep });
    return;
  }
  if (answer.status == 409) throw new NoticeChanged("the notice has changed; ask again.");
  const { detail } = await answer.json().catch(() => ({ detail: `the yes was answered ${answer.status}.` }));
  throw Error(detail);
}

/** The hash of what was shown, from its own bytes: the tag, which every page pays for, only carries the start of it. */
async function sha256(address: string): Promise<string> {
  const bytes = await (await fetch(address, { credentials: "omit" })).arrayBuffer(); // the browser has it at hand
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A withdrawal that the collector has not confirmed comes first: a later yes must not bury it. */
async function settle(tag: Asker): Promise<void> {
  if (tag.read_().pending) await withdraw(tag);
}

/**
 * Tell the collector of a no that the tag already keeps; resolves when it has acted, so that nothing is pretended. Only a
 * 401 says that a token is not known; whatever else fails, the next page tries again with all that is held.
 */
export async function withdraw(tag: Asker): Promise<void> {
  const { token, access_key } = tag.read_();
  if (!token && !access_key) return;
  let status = token ? await told(tag, { t: token }) : 401;
  const unknown = status == 401;
  if (unknown && access_key) status = await told(tag, { access_key });
  const over = status == 204 || (unknown && (status == 401 || status == 400));
  const now = tag.read_();
  // A yes that was given meanwhile stands.
  if (over && now.no && now.token == token) tag.write_({ no: now.no });
  if (status == 204) return;
  throw Error(
    over
      ? "the collector does not know this consent; nothing is collected, and no key is left to erase with."
      : `the withdrawal was answered ${status}; nothing is collected, but what was stored is not erased yet. The next page tries again.`,
  );
}

/** The status of a withdrawal. */
async function told(tag: Asker, body: { t: string } | { access_key: string | undefined }): Promise<number> {
  const answer = await post(tag.base_, "withdraw", body).catch(() => {
    throw Error(
      `no answer from ${tag.base_}; nothing is collected, but what was stored is not erased yet. The next page tries again.`,
    );
  });
  return answer.status;
}
