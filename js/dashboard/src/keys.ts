/** Keys of the page: `?` tells them all. None acts while something is typed, or together with a modifier. */
export function tendKeys(window: Window): void {
  const { document } = window;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const dialog = document.querySelector<HTMLDialogElement>("dialog#keys");
    if (event.key === "?" && dialog) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else dialog.showModal();
      return;
    }
    if (dialog?.open) return;
    const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target instanceof HTMLDetailsElement) open(target);
    else target.click();
  });
}

function open(menu: HTMLDetailsElement): void {
  menu.open = !menu.open;
  const first = menu.querySelector<HTMLElement>(".sheet a, .sheet input, .sheet select");
  (menu.open ? (first ?? menu.querySelector("summary")) : menu.querySelector("summary"))?.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, select, textarea, [contenteditable]");
}
