/**
 * Make `now` look like `next` while keeping every element that can stay: focus, scroll, open menus and half-typed
 * fields survive a refresh.
 */
export function morph(now: Element, next: Element): void {
  copyAttributes(now, next);
  const before = [...now.childNodes];
  const after = [...next.childNodes];
  after.forEach((wanted, index) => {
    const held = before[index];
    if (held instanceof Element && held.hasAttribute("data-kept")) return; // what a script told there stays
    if (!held) now.append(wanted);
    else if (held instanceof Element && wanted instanceof Element && sameKind(held, wanted))
      morph(held, wanted);
    else if (held.nodeType === Node.TEXT_NODE && wanted.nodeType === Node.TEXT_NODE) {
      if (held.nodeValue !== wanted.nodeValue) held.nodeValue = wanted.nodeValue;
    } else held.replaceWith(wanted);
  });
  for (const left of before.slice(after.length)) left.remove();
}

function sameKind(a: Element, b: Element): boolean {
  return a.nodeName === b.nodeName && a.id === b.id && a.namespaceURI === b.namespaceURI;
}

/** What the reader did to an element stays: opened details, shown copy buttons, the field being typed in. */
function isReaders(element: Element, name: string): boolean {
  if (name === "open" && element.nodeName === "DETAILS") return true;
  if (name === "hidden" && element.hasAttribute("data-copy")) return true;
  return name === "class" && element.classList.contains("sankey");
}

function copyAttributes(now: Element, next: Element): void {
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && !isReaders(now, name)) now.removeAttribute(name);
  }
  for (const { name, value } of [...next.attributes]) {
    if (now.getAttribute(name) === value || isReaders(now, name)) continue;
    now.setAttribute(name, value);
    if (name === "value" && now instanceof HTMLInputElement && now !== document.activeElement)
      now.value = value;
  }
}
