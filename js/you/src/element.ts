type Attributes = Record<string, string>;

/** An element with attributes and children; text only ever enters as text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** The same for a picture. */
export function draw(name: string, attributes: Attributes = {}, ...children: Node[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** A button that is not a form's. */
export function button(text: string, act: (event: Event) => void, look = ""): HTMLButtonElement {
  const element = make("button", { type: "button", class: look }, text);
  element.addEventListener("click", act);
  return element;
}

/** A part of the page under its own heading, which names it. */
export function section(id: string, heading: string, ...children: (Node | string)[]): HTMLElement {
  return make("section", { "aria-labelledby": id }, make("h2", { id }, heading), ...children);
}

/** Words that open what they stand for. */
export function fold(summary: string, ...children: (Node | string)[]): HTMLDetailsElement {
  return make("details", {}, make("summary", {}, summary), ...children);
}

/** Move the reader's attention to something that takes no focus by itself. */
export function attend(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus();
}

/** The first of many, and a button that shows the rest and takes the reader to where it begins. */
export function some<Thing>(
  list: HTMLElement,
  things: Thing[],
  first: number,
  make: (thing: Thing) => HTMLElement,
  words: string,
): Node[] {
  // One more would not be worth a button.
  if (things.length <= first + 1) first = things.length;
  list.append(...things.slice(0, first).map(make));
  if (first == things.length) return [list];
  const more = button(
    words,
    () => {
      const rest = things.slice(first).map(make);
      list.append(...rest);
      more.remove();
      attend(rest[0]!);
    },
    "more",
  );
  return [list, more];
}
