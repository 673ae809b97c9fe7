// The visitor's page. This script stands first in the page and waits for nothing: before anything else is loaded or
// shown, the key is out of the address.
import { takeKey } from "./key";
import { Page } from "./page";

const key = takeKey();

const begin = (): void => {
  const page = new Page(key);
  void page.begin();
  addEventListener("hashchange", () => {
    const another = takeKey();
    if (another) page.use(another);
  });
};

if (document.readyState == "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
