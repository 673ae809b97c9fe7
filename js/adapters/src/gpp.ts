import type { Adapter } from "./adapter";

// IAB GPP, "CMP API 1.1". Its US sections know opting out alone, so they stop, and never start.

type Fields = Record<string, unknown>;
interface Ping {
  signalStatus?: string;
  parsedSections?: Record<string, Fields | Fields[]>;
}
type Api = (
  command: "addEventListener",
  callback: (event: { pingData?: Ping }, success: boolean) => void,
) => void;

const OPTED_OUT = 1; // 0: does not apply, 2: did not opt out
const FIELDS = ["SaleOptOut", "SharingOptOut", "TargetedAdvertisingOptOut"];

const objects = (fields: Fields): boolean =>
  !!fields.Gpc || FIELDS.some((name) => fields[name] === OPTED_OUT);

const adapter: Adapter = {
  follow(_, hold) {
    (window as unknown as { __gpp: Api }).__gpp("addEventListener", ({ pingData = {} }, success) => {
      const { signalStatus, parsedSections = {} } = pingData;
      hold(
        !success ||
          signalStatus != "ready" ||
          Object.entries(parsedSections).some(
            // An array of a section's parts, or, from older tools, all of it in one.
            ([name, section]) => name.startsWith("us") && [section].flat().some(objects),
          ),
      );
    });
  },
};
export default adapter;
