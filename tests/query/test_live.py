"""What happens right now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from dashboard.query.live import live
from tests.query.conftest import ON_EACH_ENGINE, FileStore
from tests.query.oracle_visit import Event

NOW = datetime(2026, 10, 5, 12, 0, 30, tzinfo=UTC)


def seen(visit: int, seconds_ago: int, kind: str = "pageview", site: str = "example.com") -> Event:
    at = (NOW - timedelta(seconds=seconds_ago)).replace(tzinfo=None)
    return Event(site, visit, 0, kind, at, UUID(int=visit))


@ON_EACH_ENGINE
async def test_counts_visits_of_five_minutes_and_pageviews_of_thirty(store: FileStore) -> None:
    store.fill(
        [
            seen(1, 0),
            seen(1, 59),
            seen(2, 60, "click"),
            seen(3, 299),
            seen(4, 300),
            seen(5, 10, "leave"),
            seen(6, 1799),
            seen(7, 1800),
            seen(8, 5, site="other.example"),
            seen(9, -5),
        ]
    )
    answer = await live(store, "example.com", NOW)
    assert answer["visits"] == 3
    assert answer["pageviews"] == [1] + [0] * 23 + [1, 1, 0, 0, 0, 2]


async def test_a_quiet_site_is_all_noughts(store: FileStore) -> None:
    assert await live(store, "example.com", NOW) == {"visits": 0, "pageviews": [0] * 30}
