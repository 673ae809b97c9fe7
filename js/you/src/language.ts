import { askPage } from "./wire";

/** Turn the page's frame and words into another language's, as the collector writes them; rejects with Trouble. */
export async function turn(search: string): Promise<void> {
  const page = new DOMParser().parseFromString(await askPage(`you${search}`), "text/html");
  const { lang, dir } = page.documentElement;
  Object.assign(document.documentElement, { lang, dir });
  document.title = page.title;
  for (const [name, value] of Object.entries(page.body.dataset)) document.body.dataset[name] = value;
  for (const part of ["body > header", "body > footer", ".skip"])
    document.querySelector(part)!.replaceWith(document.adoptNode(page.querySelector(part)!));
  // So that the page comes back in this language.
  history.replaceState(null, "", search);
}
