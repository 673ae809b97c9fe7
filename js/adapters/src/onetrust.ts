import type { Adapter } from "./adapter";
import { stored } from "./stored";

interface Group {
  OptanonGroupId?: string;
  Status?: string;
}
interface OneTrust {
  IsAlertBoxClosed(): boolean;
  GetDomainData(): { ConsentModel?: { Name?: string }; Groups?: Group[] };
}
type Page = { OneTrust: OneTrust; OnetrustActiveGroups?: string };

// Settings by which scrolling, clicking anywhere or going on would mean yes.
const IMPLIED = /^(Scroll|OnClick|NextPage)Accept/;

const adapter: Adapter = {
  source: "onetrust",
  measure: "C0002",
  follow(hear) {
    let before: string | undefined; // what was active at the last look
    const look = (): void => {
      const { OneTrust, OnetrustActiveGroups: active = "" } = window as unknown as Page;
      const data = OneTrust.GetDomainData();
      const closed = OneTrust.IsAlertBoxClosed();
      const changed = before != null && before != `${closed}${active}`;
      before = `${closed}${active}`;
      const implied = Object.entries(data).some(
        ([name, on]) => IMPLIED.test(name) && (on as unknown) === true,
      );
      if (!closed || implied || data.ConsentModel?.Name != "opt-in") return hear();
      const groups = active.split(",");
      const always = (data.Groups ?? []).filter(({ Status }) => /^always/i.test(Status ?? ""));
      hear({
        // What is always active was not chosen.
        given: (name) =>
          groups.includes(name) && !always.some(({ OptanonGroupId }) => OptanonGroupId == name),
        // The day it was closed first stays when the choice is changed later.
        at: changed ? Date.now() : Date.parse(stored("OptanonAlertBoxClosed")),
      });
    };
    addEventListener("OneTrustGroupsUpdated", look);
    look();
  },
};
export default adapter;
