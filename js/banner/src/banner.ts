import type { Banner, Handle, PartScript } from "../../tag/src/handle";
import { Dialog } from "./dialog";
import { grant, withdraw } from "./grant";
import { fetchNotice, type Notice } from "./notice";

const script = document.currentScript as PartScript<Banner>;

script.make = (tag: Handle): Banner => {
  // The address names the build whole, which is what a record of a yes says was shown.
  const ui = /\w{64}/.exec(script.src)![0];
  const { consent } = tag.api_;
  let dialog: Dialog | undefined;
  let opening = false;
  let state = ""; // that the open dialog speaks of

  const show = (notice: Notice, again: boolean): void => {
    state = consent.status().state;
    dialog = new Dialog(
      tag,
      notice,
      {
        grant: (asked, purposes) => grant(tag, ui, asked, purposes, "banner"),
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

  return {
    async open_(again) {
      if (opening) return;
      if (dialog) return dialog.focus();
      opening = true;
      try {
        const notice = await fetchNotice(tag);
        // While the texts came, another tab may have answered.
        if (again || (consent.status().state == "unset" && !consent.status().signal)) show(notice, again);
      } catch (error) {
        console.warn(`Byleave: ${(error as Error).message}`);
      } finally {
        opening = false;
      }
    },
    grant_: async (purposes, source) => grant(tag, ui, await fetchNotice(tag), purposes, source),
    withdraw_: () => withdraw(tag),
  };
};
