"""The overview: its numbers are the report's, its links work without script, its emptiness teaches."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from dashboard.pages.metrics import HEADLINE
from dashboard.pages.overview import trend_of
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House, add_site
from tests.rows import line

PAGE = f"/sites/{SITE}"


class Elements(HTMLParser):
    """The elements of a page: (name, attributes), and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def hrefs(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.found if tag == "a"]


def figures(html: str) -> list[str]:
    return re.findall(r"<strong>([^<]+)</strong>", html)


def listed(html: str, panel: str) -> dict[str, int]:
    """The rows of a panel: name → number."""
    part = html.partition(f'id="panel-{panel}"')[2].partition("</section>")[0]
    names = re.findall(r'<th scope="row">.*?<(?:a|span)[^>]*>(.*?)(?: <small>.*?)?</(?:a|span)>', part, re.S)
    numbers = re.findall(r"</th>\s*<td>([\d,]+)</td>", part)
    return {name.strip(): int(number.replace(",", "")) for name, number in zip(names, numbers, strict=True)}


async def query(owner: httpx2.AsyncClient, **asked: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    ends = {"from": (today - timedelta(days=29)).isoformat(), "to": today.isoformat()}
    answer = await owner.post("/api/v1/query", json={"site": SITE, **ends, **asked})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def test_the_headline_is_the_reports(visited: House, owner: httpx2.AsyncClient) -> None:
    today = datetime.now(UTC).date()
    ends = f"from={today - timedelta(days=29)}&to={today}"
    html = (await owner.get(f"{PAGE}?{ends}")).text
    totals = (await query(owner, metrics=["visits", "visitors", "pageviews", "views_per_visit"]))["totals"]
    assert totals["visits"] > 100
    assert figures(html)[:3] == [f"{totals[name]:,}" for name in ("visits", "visitors", "pageviews")]
    assert figures(html)[3] == f"{totals['views_per_visit']:.2f}"


@pytest.mark.parametrize(
    ("panel", "tab", "dimension", "metric"),
    [
        ("pages", "", "page", "visits"),
        ("pages", "entry", "entry_page", "visits"),
        ("pages", "exit", "exit_page", "visits"),
        ("sources", "", "channel", "visits"),
        ("sources", "sources", "source", "visits"),
        ("tech", "systems", "os", "visits"),
        ("actions", "", "click", "clicks"),
        ("actions", "outbound", "outbound", "clicks"),
        ("actions", "events", "event", "events"),
    ],
)
async def test_a_lists_rows_are_the_reports(
    visited: House, owner: httpx2.AsyncClient, panel: str, tab: str, dimension: str, metric: str
) -> None:
    today = datetime.now(UTC).date()
    chosen = f"&{panel}={tab}" if tab else ""
    html = (await owner.get(f"{PAGE}?from={today - timedelta(days=29)}&to={today}{chosen}")).text
    report = await query(owner, metrics=[metric], dimensions=[dimension], order=[[metric, "desc"]], limit=8)
    assert report["rows"]
    assert listed(html, panel) == {row["dims"][0]: row["metrics"][0] for row in report["rows"]}


async def test_a_row_is_a_link_that_filters_and_takes_the_filter_back(
    visited: House, owner: httpx2.AsyncClient
) -> None:
    page = Elements((await owner.get(PAGE)).text)
    on = next(href for href in page.hrefs() if href.endswith("f=is:country:DE"))
    filtered = (await owner.get(on)).text
    assert "Country is Germany" in filtered
    assert list(listed(filtered, "places")) == ["Germany"]
    assert figures(filtered)[0] == f"{listed(filtered, 'places')['Germany']:,}"
    assert Elements(filtered).hrefs().count(PAGE) >= 2, "the chip and the row lead back"


async def test_the_filter_form_works_without_script(visited: House, owner: httpx2.AsyncClient) -> None:
    sent = {"period": "90d", "f": "is:country:DE", "fd": "page", "fo": "contains", "fv": "/blog"}
    answer = await owner.get(PAGE, params=sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?period=90d&f=is:country:DE&f=contains:page:/blog"
    assert (await owner.get(answer.headers["location"])).status_code == 200


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("period=never", "menu"),
        ("f=is:luck:1", "no such dimension"),
        ("from=x&to=y", "2026-10-31"),
        ("f=nonsense", "is:country:DE"),
    ],
)
async def test_a_wrong_address_says_what_to_do(house: House, owner: httpx2.AsyncClient, state: str, says: str) -> None:
    answer = await owner.get(f"{PAGE}?{state}")
    assert answer.status_code == 400
    assert says in answer.text


@pytest.mark.parametrize(
    "state",
    ["period=today", "period=yesterday", "period=12m", "period=year", "metric=bounce_rate&compare=year", "compare=none"]
    + [f"metric={name}" for name in ("visitors", "pageviews", "views_per_visit", "visit_duration", "nothing")],
)
async def test_every_state_can_be_shown(visited: House, owner: httpx2.AsyncClient, state: str) -> None:
    answer = await owner.get(f"{PAGE}?{state}")
    assert answer.status_code == 200
    assert "nan" not in answer.text.lower().replace("governance", "")


async def test_all_rows_of_a_list_by_the_page(visited: House, owner: httpx2.AsyncClient) -> None:
    from dashboard.pages.tabs import TABS

    for tab in TABS:
        assert (await owner.get(f"{PAGE}/rows/{tab}")).status_code == 200
    assert (await owner.get(f"{PAGE}/rows/pages?offset=100")).status_code == 200
    for wrong in ("-1", "x", "9999999", "١"):
        assert (await owner.get(f"{PAGE}/rows/pages", params={"offset": wrong})).status_code == 400


async def test_small_places_are_summed_and_the_page_says_so(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    await house.load(*(line(visit=n, occurred_at=now, city=f"Village {n}", country="DE") for n in range(3)))
    html = (await owner.get(f"{PAGE}?places=cities")).text
    assert "Village" not in html
    assert listed(html, "places") == {"elsewhere in Germany": 3}
    assert "fewer than 5 people are summed: 3 of them, 3 visits" in html


async def test_an_unknown_place_and_a_direct_visit_have_names(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    await house.load(line(occurred_at=now, country=None, city=None, source=None, channel="Direct"))
    html = (await owner.get(f"{PAGE}?sources=sources")).text
    assert list(listed(html, "places")) == ["Unknown place"]
    assert list(listed(html, "sources")) == ["Direct"]
    unknown = next(href for href in Elements(html).hrefs() if "is:country:" in href)
    assert figures((await owner.get(unknown)).text)[0] == "1"


async def test_a_city_and_its_country_filter_together(house: House, owner: httpx2.AsyncClient) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    places = [("DE", "Frankfort", 6), ("US", "Frankfort", 7), ("DE", None, 5), ("FR", None, 8), (None, None, 9)]
    number = 0
    for country, city, people in places:
        for _ in range(people):
            number += 1
            await house.load(line(bytes([number] * 16), visit=number, occurred_at=now, country=country, city=city))
    page = (await owner.get(f"{PAGE}?places=cities")).text
    part = page.partition('id="panel-places"')[2].partition("</section>")[0]
    names = re.findall(r'<a href="[^"]+" title="Show only visits with ([^"]+)"', part)
    assert names == ["Unknown place", "Unknown city, France", "Frankfort", "Frankfort", "Unknown city, Germany"]
    links = [href for href in Elements(part).hrefs() if "is:city:" in href]
    for href, people in zip(links, (9, 8, 7, 6, 5), strict=True):
        shown = (await owner.get(href)).text
        assert figures(shown)[0] == str(people), href
        assert f"{PAGE}?places=cities" in Elements(shown).hrefs(), "the row takes both filters back"


@pytest.mark.parametrize(
    ("now", "end", "partly"),
    [
        ("2026-10-02T12:00", date(2026, 10, 2), [False, True]),
        ("2026-10-02T23:59:59", date(2026, 10, 2), [False, True]),
        ("2026-10-03T00:00", date(2026, 10, 2), [False, False]),
        ("2026-10-01T12:00", date(2026, 10, 2), [True, False]),
    ],
)
def test_only_a_bucket_that_has_not_ended_is_so_far(now: str, end: date, partly: list[bool]) -> None:
    rows = [{"dims": [f"2026-10-0{day}T00:00:00+02:00"], "metrics": [day]} for day in (1, 2)]
    clock = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    trend = trend_of({"rows": rows}, "time:day", HEADLINE[0], clock, end)
    assert [point.bucket.partly for point in trend.points] == partly


async def test_an_ended_range_has_no_bucket_so_far(visited: House, owner: httpx2.AsyncClient) -> None:
    assert "so far" not in (await owner.get(f"{PAGE}?period=yesterday")).text
    assert "so far" in (await owner.get(f"{PAGE}?period=7d")).text


async def test_too_few_people_under_a_filter_on_the_city_are_told_as_such(
    house: House, owner: httpx2.AsyncClient
) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    await house.load(line(occurred_at=now, country="IN", city="Pune"))
    for path in ("", "/journeys"):
        assert "Too few people to be shown" in (await owner.get(f"{PAGE}{path}?f=is_not:city:Agra")).text


async def test_a_site_without_rows_teaches_how_to_begin(house: House, owner: httpx2.AsyncClient) -> None:
    page = Elements((await owner.get(f"/sites/{OTHER}")).text)
    assert "Waiting for the first yes" in page.text
    assert f'<script defer src="https://stats.example.net/c/tag.js" data-site="{OTHER}"></script>' in page.text


async def test_a_range_without_rows_says_so(visited: House, owner: httpx2.AsyncClient) -> None:
    text = (await owner.get(f"{PAGE}?from=2001-01-01&to=2001-01-31")).text
    assert "No visit in this range" in text
    assert "Waiting" not in text


async def test_a_draft_is_told_on_the_set_up_page(house: House, owner: httpx2.AsyncClient) -> None:
    from collector.consent.notice import Draft

    async with house.state.write() as connection:
        await add_site(connection, "draft.example", Draft())
    await house.follower.refresh()
    assert "is a draft" in (await owner.get("/sites/draft.example/setup")).text
    assert "is a draft" not in (await owner.get(f"{PAGE}/setup")).text


async def test_it_says_whom_the_numbers_speak_for_and_credits_the_places(
    visited: House, owner: httpx2.AsyncClient
) -> None:
    html = (await owner.get(PAGE)).text
    assert "These are the people who said yes." in html
    assert re.search(r"of the \d+ % who allow recognition", html)
    assert "Europe/Berlin" in html
    assert '<a href="https://db-ip.com" rel="noreferrer">Place data by DB-IP.com</a>' in html


async def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(
    visited: House, owner: httpx2.AsyncClient
) -> None:
    for path in ("", "/journeys", "/setup", "/rows/pages"):
        for tag, attributes in Elements((await owner.get(PAGE + path)).text).found:
            assert tag not in ("style", "iframe", "object", "embed", "base")
            assert not {name for name in attributes if name == "style" or name.startswith("on")}
            source = attributes.get("src") or (attributes.get("href", "/") if tag in ("link", "image", "use") else "/")
            assert source.startswith("/static/") or source == "/"
            if tag == "script":
                assert attributes["src"].startswith("/static/")


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</text></svg><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "</title><script>alert(1)</script>",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_stored_text_stays_text(house: House, owner: httpx2.AsyncClient, text: str) -> None:
    harmless = "w" * len(text)  # long names are drawn in two parts
    at = f"{datetime.now(UTC) - timedelta(minutes=3):%Y-%m-%d %H:%M:%S}"
    pages = [
        f"{PAGE}?{tabs}"
        for tabs in (
            "",
            "sources=sources",
            "sources=campaigns&pages=entry",
            "places=cities&tech=systems&actions=events",
        )
    ]
    pages += [f"{PAGE}/journeys?include=page,click,event", f"{PAGE}/rows/pages", f"{PAGE}/rows/clicks"]
    shapes = []
    for number, stored in enumerate((harmless, text)):
        site = SITE if number == 0 else OTHER
        for visit in range(6):  # enough people to be named
            row = {"site": site, "host": site, "visit": 100 * number + visit, "occurred_at": at, "path": stored}
            row |= dict.fromkeys(("source", "utm_campaign", "city", "browser", "os", "device", "channel"), stored)
            subject = bytes([number, visit] * 8)
            await house.load(
                line(subject, **row),
                line(subject, **row, nth=1, kind="click", target=stored, target_kind=stored),
                line(subject, **row, nth=2, kind="event", target=stored),
            )
        shown = [Elements((await owner.get(path.replace(SITE, site))).text) for path in pages]
        assert all(stored in page.text for page in shown)
        assert all(href.startswith(("/", "#", "https://db-ip.com")) for page in shown for href in page.hrefs())
        shapes.append([sorted((tag, sorted(attributes)) for tag, attributes in page.found) for page in shown])
    assert shapes[0] == shapes[1], "hostile text added an element or an attribute"
