import type { Handle, Purpose, Source } from "../../tag/src/handle";
import { post } from "../../tag/src/post";
import { type Notice, language } from "./notice";

/** The notice asked under is not in force any more: ask again under the current one. */
export class NoticeChanged extends Error {}

/**
 * Record a yes. `build` is the address of this script; `prior` links the yes to an earlier one.
 * Rejects with a sentence when nothing was recorded; then nothing is stored here either.
 */
export async function grant(
  tag: Handle,
  build: string,
  notice: Notice,
  purposes: Purpose[],
  source: Source,
): Promise<void> {
  if (tag.api_.consent.status().signal)
    throw Error(
      "the browser sends Global Privacy Control or Do Not Track, so nothing is asked or collected.",
    );
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
async function settle(tag: Handle): Promise<void> {
  const { no, token } = tag.read_();
  if (no && token) await withdraw(tag);
}

/** Tell the collector of a no that the tag already keeps; resolves when it has acted, so that nothing is pretended. */
export async function withdraw(tag: Handle): Promise<void> {
  const { no, token, access_key } = tag.read_();
  if (!token && !access_key) return;
  const { status } = await post(tag.base_, "withdraw", token ? { t: token } : { access_key });
  if (status == 204) return tag.write_({ no });
  // A token that the collector does not know it will not know later; the access key is left to try with.
  if (status < 429) tag.write_({ no, access_key });
  throw Error(
    `the withdrawal was answered ${status}; nothing is collected, but what was stored is not erased yet.`,
  );
}
