"""All rows of a list: searched, as CSV, left out; and the lists that only some sites fill."""

import csv
import io
from datetime import UTC, datetime

import httpx2
import pytest

from dashboard.pages.filters import Filter
from dashboard.pages.rows import searched
from dashboard.pages.tabs import TABS
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House
from tests.dashboard.pages.test_overview import Elements, figures, listed
from tests.rows import line

PAGE = f"/sites/{SITE}"


def shown(html: str) -> dict[str, int]:
    """The rows of the page, as those of a panel are read."""
    return listed(html.replace('id="rows"', 'id="panel-rows"'), "rows")


async def test_a_search_finds_rows_and_the_file_holds_the_same(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}/rows/pages?q=BLOG")).text
    found = shown(html)
    assert set(found) == {"/blog/ask-first", "/blog/cookieless-is-not-enough"}
    link = next(href for href in Elements(html).hrefs() if href.startswith("/api/v1/export"))
    answer = await owner.get(link)
    assert answer.headers["content-type"].startswith("text/csv")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head == ["page", "visits"]
    assert {name: int(number) for name, number in rows} == found


async def test_a_share_stays_of_all_whatever_is_searched(visited: House, owner: httpx2.AsyncClient) -> None:
    whole, some = [(await owner.get(f"{PAGE}/rows/countries{q}")).text for q in ("", "?q=germ")]
    assert list(shown(some)) == ["Germany"]
    share = '<td class="share">'
    assert some.partition(share)[2][:6] == whole.partition(share)[2][:6] != "100 %<"


@pytest.mark.parametrize(
    ("tab", "text", "sought"),
    [
        ("pages", "", ()),
        ("countries", "united k", (Filter("is", "country", ("GB",)),)),
        ("returning", "first", (Filter("is", "returning", ("new",)),)),
        ("countries", "DE", (Filter("is", "country", ("BD", "CV", "DE", "SE")),)),
    ],
)
def test_what_is_stored_under_another_name_is_found_by_its_own(tab: str, text: str, sought: tuple[Filter, ...]) -> None:
    found = searched(TABS[tab], text)
    if sought and text == "DE":
        assert "SE" in found[0].values and "CV" in found[0].values  # Sweden, Cape Verde
    else:
        assert found == sought


async def test_a_row_can_be_left_out_and_another_too(visited: House, owner: httpx2.AsyncClient) -> None:
    page = Elements((await owner.get(PAGE)).text)
    without = next(href for href in page.hrefs() if href.endswith("f=is_not:country:DE"))
    html = (await owner.get(without)).text
    assert "Country is not Germany" in html
    assert "Germany" not in listed(html, "places")
    further = next(
        href for href in Elements(html).hrefs() if "is_not:country:DE" in href and "is_not:country:FR" in href
    )
    assert not {"Germany", "France"} & set(listed((await owner.get(further)).text, "places"))


async def test_a_chosen_browser_shows_its_versions(visited: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(f"{PAGE}?f=is:browser:Chrome")).text
    assert listed(html, "tech") == {"Chrome 141": int(figures(html)[0])}
    back = (await owner.get(f"{PAGE}?tech=browsers&f=is:browser:Chrome")).text
    assert list(listed(back, "tech")) == ["Chrome"]
    assert f"{PAGE}?tech=browsers&f=is:browser:Chrome#panel-tech" in Elements(html).hrefs()


async def test_pages_that_were_not_found_have_a_list(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    for number, (path, name) in enumerate((("/gone", "404"), ("/gone", "404"), ("/lost", "404"), ("/kept", "signup"))):
        await house.load(
            line(bytes([number] * 16), visit=number, occurred_at=now, path=path),
            line(bytes([number] * 16), visit=number, occurred_at=now, path=path, kind="event", nth=1, target=name),
        )
    html = (await owner.get(f"{PAGE}?actions=missing")).text
    assert listed(html, "actions") == {"/gone": 2, "/lost": 1}
    assert html.partition('id="panel-actions"')[2].count("67 %") == 1, "shares are of the misses"


async def test_the_five_utm_values_have_lists(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    names = {f"utm_{part}": part for part in ("source", "medium", "campaign", "content", "term")}
    await house.load(line(b"s" * 16, occurred_at=now, **names))
    for name, value in names.items():
        tab = "campaigns" if name == "utm_campaign" else name
        assert listed((await owner.get(f"{PAGE}?sources={tab}")).text, "sources") == {value: 1}


@pytest.mark.parametrize(("by", "rows"), [("minute", 1440), ("hour", 24), ("month", 24)])
async def test_the_line_by_the_minute_or_as_the_range_allows(
    visited: House, owner: httpx2.AsyncClient, by: str, rows: int
) -> None:
    html = (await owner.get(f"{PAGE}?period=yesterday&by={by}")).text
    if "No visit" not in html:
        assert html.count('<g class="point">') == rows
