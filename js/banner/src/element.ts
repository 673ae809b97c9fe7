import { STYLE } from "./style";

const NAME = "byleave-ask";

/** An element with attributes and children; text only ever enters as text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/**
 * Our own corner of the page, first in its reading order, where whatever was said there before is gone; a constructed
 * sheet needs no inline style under a strict CSP.
 */
export function corner(): { host: HTMLElement; root: ShadowRoot } {
  for (const before of document.querySelectorAll(NAME)) before.remove();
  const host = document.createElement(NAME);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  document.body.prepend(host);
  return { host, root };
}
