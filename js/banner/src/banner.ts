import type { Banner, PartScript } from "../../tag/src/handle";
import { Dialog } from "./dialog";
import { grant, unsignalled, withdraw } from "./grant";
import { fetchNotice, type Notice } from "./notice";

const script = document.currentScript as PartScript<Banner>;
const { tag } = script;
const { consent } = tag.api_;
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
      grant: (asked, purposes) => grant(tag, script.src, asked, purposes, "banner"),
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

// Answered in another tab, or through the interface.
document.addEventListener("byleave:consent", () => {
  if (dialog && !dialog.busy && consent.status().state != state) dialog.close();
});

script.api = {
  async open_(again) {
    // The first, and one more when the notice changes under a yes; never a loop.
    if (opening || (!again && asks++ > 1)) return;
    if (dialog) return dialog.focus();
    opening = true;
    try {
      // Under a signal only a yes given before is left to speak of.
      if (consent.status().state != "yes") unsignalled(tag);
      const notice = await fetchNotice(tag);
      // While the texts came, another tab may have answered.
      const { state, signal } = consent.status();
      if (signal ? again && state == "yes" : again || state == "unset") show(notice, again);
    } catch (error) {
      console.warn(`Byleave: ${(error as Error).message}`);
    } finally {
      opening = false;
    }
  },
  async grant_(purposes = [], source) {
    unsignalled(tag); // before anything is fetched
    await grant(tag, script.src, await fetchNotice(tag), purposes, source);
  },
  withdraw_: () => withdraw(tag),
};
