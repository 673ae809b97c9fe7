"""What owners write down: notes on days, filters under a name; kept by form, and of their own site alone."""

from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest

from collector.state.annotations import Annotation
from dashboard.pages.annotations import marks
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House, csrf_of
from tests.dashboard.pages.test_overview import Elements

PAGE = f"/sites/{SITE}"
TODAY = datetime.now(UTC).date()


async def send(owner: httpx2.AsyncClient, what: str, site: str = SITE, **fields: str) -> httpx2.Response:
    proof = csrf_of((await owner.get("/sites")).text)
    return await owner.post(f"/sites/{site}/{what}", data={"csrf": proof, "back": PAGE, **fields})


async def test_a_note_is_added_changed_and_removed(visited: House, owner: httpx2.AsyncClient) -> None:
    day = (TODAY - timedelta(days=3)).isoformat()
    answer = await send(owner, "annotations", day=day, text=" Newsletter  <b>sent</b> ", back=f"{PAGE}?period=7d")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?period=7d")
    html = (await owner.get(f"{PAGE}?period=7d")).text
    assert html.count("Newsletter &lt;b&gt;sent&lt;/b&gt;") >= 3, "at the line, in the list and in its form"
    assert html.count('<g class="mark">') == 1
    assert "Newsletter" not in (await owner.get(f"{PAGE}?period=today")).text
    await send(owner, "annotations", site=OTHER, id="1", day=day, text="Not yours")
    await send(owner, "annotations", site=OTHER, id="1", do="remove")
    assert "Newsletter" in (await owner.get(PAGE)).text
    await send(owner, "annotations", id="1", day=TODAY.isoformat(), text="Prices raised")
    html = (await owner.get(f"{PAGE}?period=today")).text
    assert "Prices raised" in html and "Newsletter" not in html
    nobody = await owner.get(f"{PAGE}?period=today&f=is:page:/nowhere")
    assert "Prices raised" in nobody.text, "a day without a visit keeps its notes"
    await send(owner, "annotations", id="1", do="remove")
    assert "Prices raised" not in (await owner.get(PAGE)).text


@pytest.mark.parametrize(
    "fields",
    [
        {"day": "soon", "text": "x"},
        {"day": "2026-10-01", "text": " "},
        {"day": "0001-01-01", "text": "x"},
        {"day": "2026-10-01", "text": "x" * 121},
        {"text": "x"},
    ],
)
async def test_a_note_that_is_none_is_refused(house: House, owner: httpx2.AsyncClient, fields: dict[str, str]) -> None:
    answer = await send(owner, "annotations", **fields)
    assert answer.status_code == 400
    assert "A note needs a day" in answer.text


async def test_filters_get_a_name_and_come_back_by_it(visited: House, owner: httpx2.AsyncClient) -> None:
    back = f"{PAGE}?period=7d&f=is:country:DE&f=contains:page:/blog"
    answer = await send(owner, "segments", name="German readers", back=back)
    assert answer.headers["location"] == back
    page = Elements((await owner.get(f"{PAGE}?period=90d")).text)
    assert "German readers" in page.text
    assert f"{PAGE}?period=90d&f=is:country:DE&f=contains:page:/blog" in page.hrefs()
    await send(owner, "segments", name="German readers", do="remove", site=OTHER)
    assert "German readers" in (await owner.get(PAGE)).text
    await send(owner, "segments", name="German readers", do="remove")
    assert "German readers" not in (await owner.get(PAGE)).text


@pytest.mark.parametrize(
    ("name", "query"), [("x", ""), ("", "?f=is:country:DE"), ("x" * 65, "?f=is:country:DE"), ("x", "?f=nonsense")]
)
async def test_a_segment_that_is_none_is_refused(
    house: House, owner: httpx2.AsyncClient, name: str, query: str
) -> None:
    assert (await send(owner, "segments", name=name, back=PAGE + query)).status_code == 400


@pytest.mark.parametrize("what", ["annotations", "segments"])
async def test_a_form_without_proof_changes_nothing(visited: House, owner: httpx2.AsyncClient, what: str) -> None:
    fields = {"day": TODAY.isoformat(), "text": "Forged", "name": "Forged", "back": f"{PAGE}?f=is:country:DE"}
    assert (await owner.post(f"{PAGE}/{what}", data=fields)).status_code == 403
    assert "Forged" not in (await owner.get(PAGE)).text


async def test_the_way_back_stays_on_this_server(house: House, owner: httpx2.AsyncClient) -> None:
    sent = {"day": TODAY.isoformat(), "text": "x", "back": "//evil.example/"}
    assert (await send(owner, "annotations", **sent)).headers["location"] == "/"


def test_a_note_stands_where_its_day_is() -> None:
    starts = [datetime(2026, 10, day, tzinfo=UTC) for day in (1, 8, 15)]
    days = ((1, 0.0), (7, 0.0), (8, 50.0), (20, 100.0))
    drawn = marks([Annotation(n, date(2026, 10, day), "x" * 60) for n, (day, _) in enumerate(days)], starts)
    assert [mark.x for mark in drawn] == [x for _, x in days]
    assert all(len(mark.label) <= 30 for mark in drawn)
