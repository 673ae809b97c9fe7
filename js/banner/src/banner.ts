import type { Banner, Byleave, Follow, Handle } from "../../tag/src/handle";
import type { Asker } from "./asker";
import { Dialog } from "./dialog";
import { NoticeChanged, allowed, grant, withdraw } from "./grant";
import { fetchNotice, type Notice } from "./notice";
import { tellOfSignal } from "./signal";

// Put around each part by bundle.mjs.
declare const __TAG__: Handle;
// The start of the SHA-256 of the part that follows the site's own tool.
declare const __CMP__: string;

// The tag leaves its interface at this name, where a second tag for the same site finds it.
const api_ = (window as unknown as Record<string, Byleave>)[`byleave:${__TAG__.site_}`]!;
const tag: Asker = { ...__TAG__, api_ };
const { consent } = api_;
let dialog: Dialog | undefined;
let opening = false;
let asks = 0; // unbidden, on this page
let state = ""; // that the open dialog speaks of

const show = (notice: Notice, again: boolean): void => {
  state = consent.status().state;
  dialog = new Dialog(
    tag,
    notice,
    {
      grant: (asked, purposes) => grant(tag, import.meta.url, asked, purposes, "banner"),
      withdraw: consent.withdraw,
      refuse: consent.refuse,
      renew: () => fetchNotice(tag),
    },
    again,
    () => {
      dialog = undefined;
    },
  );
};

/** The site's own tool asks in place of the banner. */
const follow = async (data: DOMStringMap): Promise<void> => {
  const begin = await __TAG__.part_<Follow>(__CMP__);
  begin(api, data);
};

const api: Banner = {
  async open_(data) {
    if (data?.cmp) return follow(data);
    const again = !data;
    // The first, and one more when the notice changes under a yes; never a loop.
    if (opening || (!again && asks++ > 1)) return;
    const before = consent.status();
    // Under a signal only a yes given before is left to speak of.
    if (again && before.signal && before.state != "yes") {
      dialog?.close(); // of before the signal came
      return tellOfSignal();
    }
    if (dialog) return dialog.focus();
    opening = true;
    try {
      if (before.state != "yes") allowed(tag);
      const notice = await fetchNotice(tag);
      // While the texts came, another tab may have answered.
      const { state, signal } = consent.status();
      if (signal ? again && state == "yes" : again || state == "unset") show(notice, again);
    } finally {
      opening = false;
    }
  },
  async grant_(purposes = [], source, at = Infinity) {
    allowed(tag); // before anything is fetched
    const notice = await fetchNotice(tag);
    // What came before this notice did not answer it.
    if (at < Date.parse(notice.since)) throw new NoticeChanged("the notice has changed since that yes.");
    await grant(tag, import.meta.url, notice, purposes, source);
  },
  withdraw_: () => withdraw(tag),
};

// Answered in another tab, or through the interface.
document.addEventListener("byleave:consent", () => {
  if (dialog && !dialog.busy && consent.status().state != state) dialog.close();
});

// A page that comes back from the back-forward cache missed what other tabs said.
addEventListener("pageshow", (event) => {
  if (event.persisted) tag.write_(tag.read_());
});

export default api;
