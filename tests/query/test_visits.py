"""Recent visits, and when a site is busy."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dashboard.query.bad_query import BadQuery
from dashboard.query.run import SiteFacts
from dashboard.query.visits import recent_visits
from dashboard.query.volume import volume
from tests.query.conftest import ON_EACH_ENGINE, FileStore
from tests.query.oracle_visit import Event

NOW = datetime(2026, 10, 28, 12, 0, tzinfo=UTC)
KOLKATA = SiteFacts("example.com", "Asia/Kolkata", 2)


def view(
    visit: int, nth: int, ago: timedelta, path: str, subject: int | None = None, site: str = "example.com"
) -> Event:
    at = (NOW - ago).replace(tzinfo=None)
    person = UUID(int=visit if subject is None else subject)
    return Event(site, visit, nth, "pageview", at, person, path=path, source="Google", country="DE", city="Celle")


@ON_EACH_ENGINE
async def test_a_recent_visit_is_one_coarse_line(store: FileStore) -> None:
    hour = timedelta(hours=1)
    store.fill(
        [
            view(1, 0, hour, "/"),
            view(1, 1, hour, "/"),
            view(1, 2, hour, "/mine"),
            view(2, 0, 2 * hour, "/"),
            view(3, 0, 3 * hour, "/own", subject=1),
            view(3, 1, 3 * hour, "/mine", subject=1),
            view(4, 0, timedelta(days=31), "/own"),
            view(5, 0, hour, "/mine", site="other.example"),
        ]
    )
    lines = await recent_visits(store, KOLKATA, NOW)
    hidden = {"kind": "other", "label": "…"}
    assert [line["steps"] for line in lines] == [
        [{"kind": "page", "label": "/"}, hidden],
        [{"kind": "page", "label": "/"}],
        [hidden, hidden],
    ]
    assert lines[0] == {
        "hour": "2026-10-28T16:00:00+05:30",
        "source": "Google",
        "country": "DE",
        "browser": "",
        "device": "",
        "steps": lines[0]["steps"],
    }
    assert await recent_visits(store, KOLKATA, NOW, limit=1) == lines[:1]


@pytest.mark.parametrize("limit", [0, 201])
async def test_recent_visits_are_a_bounded_number(store: FileStore, limit: int) -> None:
    with pytest.raises(BadQuery):
        await recent_visits(store, KOLKATA, NOW, limit)


@ON_EACH_ENGINE
async def test_volume_is_of_28_whole_local_days(store: FileStore) -> None:
    midnight = timedelta(hours=17, minutes=30)  # the local day of NOW began this long ago
    day = timedelta(days=1)
    store.fill(
        [
            view(1, 0, midnight, "/"),
            view(2, 0, midnight + timedelta(seconds=1), "/"),
            view(3, 0, midnight + timedelta(seconds=61), "/"),
            view(4, 0, midnight + timedelta(seconds=62), "/"),
            view(5, 0, midnight + 28 * day, "/"),
            view(6, 0, midnight + 28 * day + timedelta(seconds=1), "/"),
            view(7, 0, midnight + 56 * day, "/"),
            view(8, 0, midnight + 57 * day, "/"),
            view(9, 0, midnight + day, "/", site="other.example"),
        ]
    )
    answer = await volume(store, KOLKATA, NOW)
    # NOW is a Wednesday: the last hour before it is Tuesday 23, and 28 days before its start, Wednesday 00.
    assert {hour: views for hour, views in enumerate(answer["hour_of_week"]) if views} == {47: 3, 48: 1}
    assert len(answer["hour_of_week"]) == 168
    assert answer["busiest_minute"] == {"at": "2026-10-27T23:58:00+05:30", "pageviews": 2}
    assert answer["busiest_hour"] == {"at": "2026-10-27T23:00:00+05:30", "pageviews": 3}
    assert answer["growth"] == 1.0


async def test_volume_of_nothing(store: FileStore) -> None:
    assert await volume(store, KOLKATA, NOW) == {
        "hour_of_week": [0] * 168,
        "busiest_minute": None,
        "busiest_hour": None,
        "growth": None,
    }
