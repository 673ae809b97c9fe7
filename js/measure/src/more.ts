import type { More, TrackArguments } from "../../tag/src/handle";
import { refused } from "./refused";

// Loaded where a page has events of its own: by `byleave.track`, by `data-byleave-event`, by a status.

/** What one element declares: the event's name, value, currency and properties. */
function declared({ dataset }: HTMLElement): TrackArguments {
  const props = Object.entries(dataset)
    .filter(([name]) => /^byleaveProp[A-Z]/.test(name))
    .map(([name, text]) => [name.slice(11).replace(/^./, (letter) => letter.toLowerCase()), text!]);
  const { byleaveEvent, byleaveValue, byleaveCurrency } = dataset;
  const value = parseFloat(byleaveValue!);
  return [
    byleaveEvent!,
    props.length ? Object.fromEntries(props) : undefined,
    { ...(value == value && { value }), ...(byleaveCurrency && { currency: byleaveCurrency }) },
  ];
}

/**
 * Count the event tracked, or what the element found around a click or in a sent form declares; without an event, the
 * status that the page declares.
 */
const more: More = (add, found, event) => {
  let told: TrackArguments | undefined;
  if (Array.isArray(event)) told = event as TrackArguments;
  else if (event) {
    // A form tells when it is sent, anything else when it is clicked with the first button.
    const element = found as HTMLElement;
    if (element.matches("form") == (event.type == "submit") && !(event as MouseEvent).button)
      told = declared(element);
  } else {
    const status = document.querySelector<HTMLMetaElement>("[name=byleave-status],[data-byleave-status]");
    if (status) told = [status.content || status.dataset.byleaveStatus!];
  }
  if (!told || told[0] === "") return;
  const [x, m, extra] = told;
  const advice = refused(told);
  if (advice) console.warn(`Byleave: the event ${JSON.stringify(x)} is not counted: ${advice}.`);
  else add({ k: "event", x, m, b: extra?.value, u: extra?.currency });
};

export default more;
