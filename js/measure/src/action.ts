import { reduce } from "./address";
import type { Happened } from "./event";
import { tag } from "./tag";

// Not: a link within the page, which leads nowhere else; the banner's to the notice; a button that submits, told as its form.
const CLICKABLE =
  ':any-link:not([href^="#"],[rel^=privacy-policy]),button:not(form :not([type=button])),[data-byleave]:not(form)';
const DOWNLOAD = /\.(pdf|zip|7z|rar|t?gz|dmg|exe|msi|deb|apk|csv|epub|docx?|xlsx?|pptx?|mp[34])$/i;

/**
 * What a click, middle click or submit acted on is `told` by its name or address, where it has one that may be told. Text
 * and form fields are never read.
 */
export const acted = (event: Event, told: (happened: Happened) => void): void => {
  const submit = event.type == "submit";
  const element = tag.find_(event, submit ? "form" : CLICKABLE) as HTMLAnchorElement | undefined;
  // Held in an object by a link in SVG; by a form's field of that name.
  const href = (!submit && element?.href) as unknown as { baseVal?: string } | "" | undefined;
  // The tag, which hears of it first, has prevented what it acts on itself; the middle button opens links alone.
  if (!element || event.defaultPrevented || (event as MouseEvent).button > +!!href) return;
  const link = document.createElement("a");
  link.href = href ? (href.baseVal ?? (href as string)) : "x:";
  const away = link.host != location.host;
  let kind = submit ? "form" : "button";
  let name = element.dataset.byleave;
  // mailto: and tel: addresses are personal data.
  if (!name && /^http/.test(link.protocol)) {
    name = reduce(link, away ? link.origin : "");
    kind =
      element.matches("[download]") || DOWNLOAD.test(link.pathname) ? "download" : away ? "outbound" : "link";
    // In characters, for half of one would cost the whole batch. By attribute: a form's own properties are hidden by fields of the same name.
  } else name = [...(name || element.getAttribute("id") || (submit ? kind : ""))].slice(0, 64).join("");
  if (name) told({ k: "click", x: name, y: kind });
};
