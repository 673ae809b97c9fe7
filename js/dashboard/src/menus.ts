/** Menus are `details`: they work by themselves; here they also close when the reader turns to something else. */
export function tendMenus(document: Document): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (menu instanceof HTMLDetailsElement && menu.open && menu.classList.contains("menu"))
        closeMenus(document, menu);
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const inside = event.target instanceof Element ? event.target.closest("details.menu") : null;
    closeMenus(document, inside);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus(document);
    menu?.querySelector("summary")?.focus();
    document.body.classList.add("untold"); // an explanation that is in the way goes too (WCAG 2.2, 1.4.13)
  });
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, () => document.body.classList.remove("untold"));
  }
}

/** Close every open menu but one. */
export function closeMenus(document: Document, but: Element | null = null): void {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== but) menu.removeAttribute("open");
  }
}
