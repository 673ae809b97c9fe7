"""The pages that are pictured, in one table: a name, an address, and what is done there first."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from tests.screenshots.demo import BAKERY, DEMO, NEW

WIDTHS = (390, 1440)
SCHEMES = ("light", "dark")


class Shot(NamedTuple):
    """One page. `path` is on Byleave, for its signed-in owner, unless it says otherwise.

    {share} and the like in it are the secrets of links.
    """

    name: str
    path: str
    then: Callable[[Page], None] | None = None
    anonymous: bool = False
    screen: bool = False
    """What fits on a screen, not the whole page."""


def open_node(page: Page) -> None:
    """The panel of the second page that people go to."""
    page.evaluate("location = document.querySelectorAll('g.node[data-node^=\"1:\"] a.count')[1].href")
    page.locator("#focus").wait_for()


def open_filter(page: Page) -> None:
    """The form of the filter bar."""
    page.locator("#menu-filter > summary").click()


def change_notice(page: Page) -> None:
    """The page that shows what a new notice would change."""
    page.locator("[name=retention_months]").fill("36")
    page.locator("[name=visits]").select_option("hidden")
    page.locator("form[action$=notice] button").click()
    page.locator("[name=before]").wait_for(state="attached")


_SITE, _BAKERY = f"/sites/{DEMO}", f"/sites/{BAKERY}"
SHOTS = (
    Shot("overview", _SITE),
    Shot("overview-filtered", f"{_SITE}?f=is:country:DE&f=is:channel:Search"),
    Shot("overview-map", f"{_SITE}?places=map&period=12m"),
    Shot("filter", _SITE, open_filter, screen=True),
    Shot("rows", f"{_SITE}/rows/pages", screen=True),
    Shot("nothing", f"{_SITE}?from=2020-01-01&to=2020-01-31"),
    Shot("journeys", f"{_SITE}/journeys?group=folder"),
    Shot("journeys-node", f"{_SITE}/journeys", open_node),
    Shot("journeys-through", f"{_SITE}/journeys?anchor=through&step=/cart&include=page,click,event"),
    Shot("visits", f"{_SITE}/visits", screen=True),
    Shot("goals", f"{_SITE}/goals"),
    Shot("goal", f"{_SITE}/goals/goal?id=1"),
    Shot("goals-funnel", f"{_SITE}/goals/funnel?id=1"),
    Shot("volume", f"{_SITE}/volume"),
    Shot("consent", f"{_BAKERY}/consent?period=90d"),
    Shot("sites", "/sites"),
    Shot("setup", f"/sites/{NEW}"),
    Shot("site-settings", f"{_SITE}/settings"),
    Shot("shares", f"{_SITE}/settings/shares"),
    Shot("notice", f"{_SITE}/settings", change_notice),
    Shot("installation", f"/sites/{NEW}/installation"),
    Shot("people", "/settings/people"),
    Shot("audit", "/settings/audit"),
    Shot("add-site", "/settings/sites"),
    Shot("account", "/account"),
    Shot("second-factor", "/account/second-factor"),
    Shot("not-found", "/sites/nobody.example"),
    Shot("share", "/share/{share}", anonymous=True),
    Shot("share-password", "/share/{locked}", anonymous=True),
    Shot("welcome", "/welcome/{welcome}", anonymous=True),
    Shot("reset", "/reset/{reset}", anonymous=True),
    Shot("lost-password", "/lost-password", anonymous=True),
    Shot("sign-in", "/sign-in", anonymous=True),
)
