import { reduce } from "./address";
import type { ClickKind } from "./event";

// Not: a link within the page, which leads nowhere else; the banner's to the notice; a button that submits, told as its form.
const CLICKABLE =
  'a[href]:not([href^="#"],[rel^=privacy-policy]),button:not(form :not([type=button])),[data-byleave]:not(form)';
const DOWNLOAD = /\.(pdf|zip|7z|rar|t?gz|dmg|pkg|exe|msi|deb|apk|iso|csv|epub|(doc|xls|ppt)x?|mp[34])$/i;

/**
 * What a click, middle click or submit acted on is `told` by its name or address, where it has one that may be told. Text
 * and form fields are never read.
 */
export function acted(event: Event, told: (target: string, kind: ClickKind) => void): void {
  const submit = event.type == "submit";
  // The composed path sees into open shadow roots, where `closest` ends.
  const element = event
    .composedPath()
    .find((node) => (node as Element).matches?.(submit ? "form" : CLICKABLE)) as
    HTMLAnchorElement | undefined;
  // The tag, which hears of it first, has prevented what it acts on itself; the middle button opens links alone.
  if (!element || event.defaultPrevented || (event as MouseEvent).button > (element.href ? 1 : 0)) return;
  // By attribute: a form's own properties are hidden by fields of the same name.
  const attribute = (name: string): string | null => element.getAttribute(name);
  const { protocol, host, origin, pathname } = element;
  const away = host != location.host;
  let name = attribute("data-byleave");
  let kind: ClickKind = submit ? "form" : "button";
  // mailto: and tel: addresses are personal data.
  if (!name && /^http/.test(protocol)) {
    name = reduce(element, away ? origin : "");
    kind = attribute("download") != null || DOWNLOAD.test(pathname) ? "download" : away ? "outbound" : "link";
  } else name = (name || attribute("id") || (submit ? kind : "")).slice(0, 64);
  if (name) told(name, kind);
}
