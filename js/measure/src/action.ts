import { reduce } from "./address";
import type { ClickKind } from "./event";

// A link within the page leads nowhere else, and the notice is the banner's.
const CLICKABLE = 'a[href]:not([href^="#"],[rel=privacy-policy]),button,[data-byleave]';
const DOWNLOAD =
  /\.(pdf|zip|7z|rar|t?gz|dmg|exe|msi|pkg|deb|apk|iso|csv|txt|epub|(doc|xls|ppt)x?|mp[34]|wav|mov|avi)$/i;

/** A target's name or address, if it has one that may be told, and its kind. */
export type Target = [target: string | false | null, kind: ClickKind];

/** What a click, middle click or submit acted on. Text and form fields are never read. */
export function target(event: Event): Target | undefined {
  const submit = event.type == "submit";
  // The composed path sees into open shadow roots, where `closest` ends.
  const element = event
    .composedPath()
    .find((node) => (node as Element).matches?.(submit ? "form" : CLICKABLE)) as HTMLAnchorElement &
    HTMLButtonElement;
  if (!element || (event as MouseEvent).button > 1) return;
  // By attribute: a form's own properties are hidden by fields of the same name.
  const attribute = (name: string) => element.getAttribute(name);
  const name = attribute("data-byleave");
  const { protocol, host, origin, pathname, form, type } = element;
  const away = host != location.host;
  if (submit) return [name || attribute("id") || location.pathname, "form"];
  // mailto: and tel: addresses are personal data; a submit button's click is told as its form's.
  return !name && /^http/.test(protocol)
    ? [
        (away ? origin : "") + reduce(element),
        attribute("download") != null || DOWNLOAD.test(pathname) ? "download" : away ? "outbound" : "link",
      ]
    : [name || (!(form && type == "submit") && attribute("id")), "button"];
}
