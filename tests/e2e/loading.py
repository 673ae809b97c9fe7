"""Visitors who load pages in every way a browser knows, with a count of their own of what they did."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, ClassVar

from playwright.async_api import BrowserContext, Page

# What a page has beside the tag: a route taken by a click, and whether it came back from the back-forward cache.
SCRIPT = """<script>
function route(next) {
  const button = document.createElement("button");
  button.type = "button";
  button.id = "route";
  button.onclick = () => history.pushState({}, "", next);
  document.body.append(button);
  button.click();
  button.remove();
}
addEventListener("pageshow", (event) => { window.kept = event.persisted; });
</script>"""
# Resolves once the measuring part, which the tag asked for first, has run.
MEASURING = "(part) => import(part).then(() => new Promise((resolve) => setTimeout(resolve)))"
SEEN_S = 0.65  # longer than the tag may take to see a route, or a page that came back
LOADS_OF_A_TAB = 60  # then it is closed


@dataclass
class Done:
    """What was done so far, by path."""

    pageviews: Counter[str] = field(default_factory=Counter)
    clicks: Counter[str] = field(default_factory=Counter)
    perhaps: set[str] = field(default_factory=set)
    """Closed before the tag ran, perhaps: counted once or not at all."""
    ways: Counter[str] = field(default_factory=Counter)


class Visitor:
    """One tab after the other of one browser context; what is done is as random as `chance`."""

    def __init__(self, context: BrowserContext, website: str, part: str, done: Done, chance: random.Random) -> None:
        self._context, self._website, self._part = context, website, part
        self._done, self._chance = done, chance
        self._entries = 0  # in the tab's history behind the one that shows
        self._loads = 0
        self._page: Page | None = None
        self._seen = True  # by the tag, the route that shows

    async def go_on(self, enough: Callable[[], bool]) -> None:
        """Until it is enough. The last tab is closed like any other."""
        while not enough():
            page = self._page
            if page is None:
                await self._open()
            elif self._loads >= LOADS_OF_A_TAB:
                await self._close(page)
            else:
                way = self._chance.choices(list(self.WAYS), [weight for _, weight in self.WAYS.values()])[0]
                if way == "back" and not (self._entries and self._seen):
                    way = "load"
                self._done.ways[way] += 1
                await self.WAYS[way][0](self, page)
        if self._page:
            await self._close(self._page)

    async def _open(self) -> None:
        self._page, self._entries, self._loads = await self._context.new_page(), -1, 0
        self._page.set_default_timeout(30_000)
        await self._load(self._page)

    async def _load(self, page: Page) -> None:
        path = self._fresh()
        await page.goto(f"{self._website}{path}")
        await self._counted(page, path)
        self._entries += 1

    async def _reload(self, page: Page) -> None:
        await page.reload()
        await self._counted(page, await self._path(page))

    async def _route(self, page: Page) -> None:
        """By a click, which is counted where it was made."""
        path = self._fresh()
        self._done.clicks[await self._path(page)] += 1
        self._done.pageviews[path] += 1
        await page.evaluate("(next) => route(next)", path)
        self._entries += 1
        self._seen = self._chance.random() < 0.5
        if self._seen:  # else the next deed, which may not be to go back, finds it before the tag looked
            await asyncio.sleep(SEEN_S)

    async def _back(self, page: Page) -> None:
        """Over a route, to a page that was kept, or to one that has to be loaded anew: seen again each time."""
        await page.go_back(wait_until="commit")
        self._entries -= 1
        kept = await page.evaluate("window.kept")
        self._done.ways["back to a page that was kept"] += bool(kept)
        await self._counted(page, await self._path(page))
        await asyncio.sleep(SEEN_S)

    async def _leave(self, page: Page) -> None:
        await self._close(page)

    async def _hurry(self, page: Page) -> None:
        """A tab of its own, closed in the middle of its loading."""
        path = self._fresh()
        self._done.perhaps.add(path)
        hurried = await self._context.new_page()
        await hurried.goto(f"{self._website}{path}", wait_until="commit")
        await asyncio.sleep(self._chance.random() * 0.1)
        await hurried.close()

    async def _counted(self, page: Page, path: str) -> None:
        await page.evaluate(MEASURING, self._part)
        self._done.pageviews[path] += 1
        self._loads += 1
        self._seen = True

    async def _path(self, page: Page) -> str:
        return str(await page.evaluate("location.pathname"))

    async def _close(self, page: Page) -> None:
        await page.close()
        self._page = None

    def _fresh(self) -> str:
        """A path where nobody was before, in letters, so that nothing of it is taken for a number of somebody."""
        return "/" + "-".join(self._chance.choice(SYLLABLES) + self._chance.choice(SYLLABLES) for _ in range(6))

    Way = Callable[["Visitor", Page], Coroutine[Any, Any, None]]
    WAYS: ClassVar[dict[str, tuple[Way, int]]] = {
        "load": (_load, 50),
        "route": (_route, 18),
        "back": (_back, 16),
        "reload": (_reload, 8),
        "close": (_leave, 5),
        "close while loading": (_hurry, 3),
    }


SYLLABLES = [first + second for first in "bdfgklmnprst" for second in "aeiou"]
