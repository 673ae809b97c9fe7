const TOLD_MS = 1500;

/** Show a copy button where the browser lets a page write to the clipboard. */
export function offerCopies(document: Document): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-copy]") : null;
    const text = button?.parentElement?.querySelector("code")?.textContent;
    if (!button || !text) return;
    const label = button.textContent;
    navigator.clipboard.writeText(text).then(() => {
      button.textContent = button.dataset["copied"] ?? label;
      setTimeout(() => {
        button.textContent = label;
      }, TOLD_MS);
    });
  });
}
