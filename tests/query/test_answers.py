"""What the oracle's property does not see: comparisons, what stands beside the numbers, and the data's own refusals."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from dashboard.query.request import BadQuery, decode
from dashboard.query.run import SiteFacts, run_query
from tests.query.conftest import ON_EACH_ENGINE, FileStore
from tests.query.oracle_visit import Event

BERLIN = SiteFacts("example.com", "Europe/Berlin", 1)


def view(visit: int, at: str, subject: int | None = None, **more: Any) -> Event:
    person = UUID(int=visit if subject is None else subject)
    return Event("example.com", visit, 0, "pageview", datetime.fromisoformat(at), person, **more)


async def ask(store: FileStore, site: SiteFacts = BERLIN, shared: bool = False, **query: Any) -> dict[str, Any]:
    first, last = query.pop("days")
    body = {"site": "example.com", "from": first, "to": last, "metrics": ["visits"]} | query
    return await run_query(decode(msgspec.json.encode(body)), store, site, shared=shared)


@ON_EACH_ENGINE
async def test_compares_with_the_days_before_by_name(store: FileStore) -> None:
    store.fill(
        [
            view(1, "2026-10-03T10:00", source="Google"),
            view(2, "2026-10-03T10:00", source="Bing"),
            view(3, "2026-10-01T10:00", source="Google"),
            view(4, "2026-10-01T10:00", source="Google"),
            view(5, "2026-10-01T10:00", source="Gone"),
        ]
    )
    answer = await ask(
        store, days=("2026-10-03", "2026-10-04"), dimensions=["source"], compare="previous",
        metrics=["visits", "bounce_rate"],
    )  # fmt: skip
    assert answer["rows"] == [
        {"dims": ["Bing"], "metrics": [1, 1.0], "compare": [0, None]},
        {"dims": ["Google"], "metrics": [1, 1.0], "compare": [2, 1.0]},
    ]


@ON_EACH_ENGINE
async def test_compares_buckets_by_their_place(store: FileStore) -> None:
    store.fill([view(1, "2026-10-26T10:00"), view(2, "2026-10-24T10:00"), view(3, "2026-10-23T21:59")])
    answer = await ask(store, days=("2026-10-25", "2026-10-26"), dimensions=["time:day"], compare="previous")
    assert answer["rows"] == [
        {"dims": ["2026-10-25T00:00:00+02:00"], "metrics": [0], "compare": [1]},
        {"dims": ["2026-10-26T00:00:00+01:00"], "metrics": [1], "compare": [1]},
    ]


HOURS = [
    ("the day before is of 25 hours", "2026-10-26", ["2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"],
     {"02:00:00+01:00": 2, "03:00:00+01:00": 1}),
    ("the day itself is of 25 hours", "2026-10-25", ["2026-10-24T00:30", "2026-10-24T01:30"],
     {"02:00:00+02:00": 1, "02:00:00+01:00": 0, "03:00:00+01:00": 1}),
    ("the day before is of 23 hours", "2026-03-30", ["2026-03-29T00:30", "2026-03-29T01:30"],
     {"01:00:00+02:00": 1, "02:00:00+02:00": 0, "03:00:00+02:00": 1}),
    ("the day itself is of 23 hours", "2026-03-29", ["2026-03-28T01:30", "2026-03-28T02:30"],
     {"01:00:00+01:00": 1, "03:00:00+02:00": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("day", "views", "told"), [case[1:] for case in HOURS], ids=[case[0] for case in HOURS])
async def test_compares_hours_by_the_wall_clock(
    store: FileStore, day: str, views: list[str], told: dict[str, int]
) -> None:
    store.fill([view(number, at) for number, at in enumerate(views)])
    answer = await ask(store, days=(day, day), dimensions=["time:hour"], compare="previous")
    found = {row["dims"][0].removeprefix(f"{day}T"): row["compare"][0] for row in answer["rows"]}
    assert {hour: found[hour] for hour in told} == told
    assert sum(found.values()) == len(views), "nothing is lost from the sum of the day"


async def test_a_bucket_that_the_year_before_lacks_compares_with_nothing_known(store: FileStore) -> None:
    answer = await ask(store, days=("2028-02-28", "2028-02-29"), dimensions=["time:day"], compare="year")
    assert [row["compare"] for row in answer["rows"]] == [[0], [None]]


async def test_a_row_that_may_be_folded_in_the_compared_days_compares_with_nothing_known(store: FileStore) -> None:
    place: dict[str, Any] = {"country": "DE", "city": "Berlin"}
    now = [view(n, "2026-10-02T10:00", **place) for n in (1, 2)]
    store.fill([*now, view(3, "2026-10-01T10:00", **place)])
    answer = await ask(
        store, SiteFacts("example.com", "UTC", 2), days=("2026-10-02", "2026-10-02"), dimensions=["city"],
        compare="previous",
    )  # fmt: skip
    assert answer["rows"] == [{"dims": ["Berlin"], "metrics": [2], "compare": [None]}]


async def test_compares_the_one_row_without_dimensions(store: FileStore) -> None:
    store.fill([view(1, "2026-10-02T10:00"), view(2, "2025-10-02T10:00"), view(3, "2025-10-02T11:00")])
    answer = await ask(store, days=("2026-10-02", "2026-10-02"), compare="year")
    assert answer["rows"] == [{"dims": [], "metrics": [1], "compare": [2]}]


@ON_EACH_ENGINE
async def test_says_what_stands_beside_the_numbers(store: FileStore) -> None:
    hour = datetime.fromisoformat("2026-09-30T22:00")
    store.fill(
        [view(1, "2026-10-01T10:00", visitor=1), view(2, "2026-10-01T10:00")],
        [("example.com", hour, 3), ("example.com", hour.replace(hour=21), 5), ("other.example", hour, 7)],
    )
    answer = await ask(store, days=("2026-10-01", "2026-10-01"))
    took = answer["meta"].pop("took_ms")
    assert isinstance(took, int) and took >= 0
    assert answer["meta"] == {
        "k": 1,
        "timezone": "Europe/Berlin",
        "recognised": 0.5,
        "erased": 3,
        "complete_to": "2026-12-01T13:00:00+01:00",
    }
    assert msgspec.json.decode(msgspec.json.encode(answer)) == answer


CITIES = [
    view(1, "2026-10-01T10:00", country="DE", city="Berlin"),
    view(2, "2026-10-01T10:00", country="DE", city="Berlin"),
    view(3, "2026-10-01T10:00", country="DE", city="Celle"),
    view(4, "2026-10-01T10:00", 3, country="DE", city="Celle"),
    view(5, "2026-10-01T10:00", country="FR", city="Lyon"),
    view(6, "2026-10-01T10:00", country="FR"),
]


@ON_EACH_ENGINE
async def test_a_small_city_reads_elsewhere_and_totals_stay_true(store: FileStore) -> None:
    store.fill(CITIES)
    answer = await ask(
        store, SiteFacts("example.com", "UTC", 2), days=("2026-10-01", "2026-10-01"), dimensions=["city"]
    )
    shown = {row["dims"][0]: row["metrics"][0] for row in answer["rows"]}
    assert shown == {"Berlin": 2, "elsewhere in DE": 2, "elsewhere in FR": 1, "": 1}
    assert answer["withheld"] == {"rows": 2, "visits": 3}
    assert answer["totals"] == {"visits": 6}


async def test_a_filter_names_no_small_city_either(store: FileStore) -> None:
    store.fill(CITIES)
    site, day = SiteFacts("example.com", "UTC", 2), ("2026-10-01", "2026-10-01")
    withheld = {"Celle": 0, "elsewhere in DE": 2, "Berlin": 0, "": 1}
    for value, visits in (("Celle", 0), ("elsewhere in DE", 0), ("Berlin", 2), ("", 0)):
        answer = await ask(store, site, days=day, filters=[["is", "city", [value]]])
        assert answer["totals"] == {"visits": visits}, value
        assert answer["withheld"] == {"rows": min(1, withheld[value]), "visits": withheld[value]}, value


PUNE: dict[str, Any] = {"country": "IN", "city": "Pune"}
FIVE = [view(n, "2026-10-01T10:00", visitor=n, device="desktop" if n > 1 else "mobile", **PUNE) for n in range(1, 7)]
ONE_SIGNS_UP = Event(
    "example.com", 6, 1, "event", datetime.fromisoformat("2026-10-01T10:01"), UUID(int=6), target="signup", **PUNE
)


@pytest.mark.parametrize("chosen", [["is", "city", ["Pune"]], ["is_not", "city", ["Agra"]], ["matches", "city", ["*"]]])
async def test_under_a_filter_on_the_city_every_number_is_of_k_subjects(store: FileStore, chosen: list[Any]) -> None:
    store.fill([*FIVE, ONE_SIGNS_UP])
    site, day = SiteFacts("example.com", "UTC", 5), ("2026-10-01", "2026-10-01")

    async def told(**more: Any) -> tuple[list[Any], dict[str, Any], dict[str, int]]:
        answer = await ask(store, site, days=day, filters=[chosen], **more)
        rows = [row["dims"] + row["metrics"] for row in answer["rows"]]
        return rows, answer["totals"], answer["withheld"]

    assert await told(dimensions=["device"]) == ([["desktop", 5]], {"visits": 6}, {"rows": 1, "visits": 1})
    rows, totals, withheld = await told(metrics=["visits", "conversions", "conversion_rate"], goal={"event": "signup"})
    assert (rows, withheld) == ([[6, 0, None]], {"rows": 1, "visits": 1})
    assert totals == {"visits": 6, "conversions": 0, "conversion_rate": None}
    assert await told(dimensions=["event"], metrics=["events"]) == ([], {"events": 0}, {"rows": 1, "visits": 1})
    assert await told(metrics=["visits", "events"]) == (
        [[6, 0]], {"visits": 6, "events": 0}, {"rows": 1, "visits": 1},
    )  # fmt: skip
    few: dict[str, Any] = {"days": ("2026-10-01T10:01", "2026-10-01")}
    answer = await ask(store, site, **few, filters=[chosen], dimensions=["time:day"], metrics=["events"])
    assert answer["rows"] == [{"dims": ["2026-10-01T00:00:00+00:00"], "metrics": [0]}]
    by_name = chosen[0] == "is"  # in these seconds the city is too small to be known by its name
    assert answer["withheld"] == ({"rows": 0, "visits": 0} if by_name else {"rows": 1, "visits": 1})


async def test_totals_in_no_row_are_counted_as_withheld_too(store: FileStore) -> None:
    store.fill(FIVE[:4])
    site, day = SiteFacts("example.com", "UTC", 5), ("2026-10-01", "2026-10-01")
    answer = await ask(store, site, days=day, filters=[["is_not", "city", ["Agra"]]], dimensions=["click"])
    assert (answer["rows"], answer["totals"]) == ([], {"visits": 0})
    assert answer["withheld"] == {"rows": 1, "visits": 4}


async def test_a_withheld_number_compares_as_not_known(store: FileStore) -> None:
    store.fill([*FIVE, view(9, "2026-09-30T10:00", **PUNE)])
    site, day = SiteFacts("example.com", "UTC", 5), ("2026-10-01", "2026-10-01")
    for names in ([], ["time:day"], ["city"]):
        answer = await ask(
            store, site, days=day, filters=[["is_not", "city", ["Agra"]]], dimensions=names, compare="previous"
        )
        assert [row["compare"] for row in answer["rows"]] == [[None]], names


@ON_EACH_ENGINE
async def test_a_shared_view_holds_every_text_to_k(store: FileStore) -> None:
    store.fill(CITIES)
    site, day = SiteFacts("example.com", "UTC", 3), ("2026-10-01", "2026-10-01")
    answer = await ask(store, site, shared=True, days=day, dimensions=["country"])
    assert answer["rows"] == [{"dims": ["DE"], "metrics": [4]}]
    assert answer["withheld"] == {"rows": 1, "visits": 2}
    assert answer["totals"] == {"visits": 6}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"filters": [["is", "source", ["a"]]]}, "filters"),
        ({"goal": {"page": "/"}}, "goal"),
        ({"days": ("2026-10-01T10:00", "2026-10-01")}, "from"),
    ],
)
async def test_a_shared_view_refuses_what_could_single_out(store: FileStore, more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuery) as refused:
        await ask(store, shared=True, **({"days": ("2026-10-01", "2026-10-01")} | more))
    assert refused.value.field == field


def order(visit: int, at: str, currency: str | None) -> Event:
    return Event(
        "example.com", visit, 0, "event", datetime.fromisoformat(at), UUID(int=visit),
        target="order", value=Decimal("1.5"), currency=currency,
    )  # fmt: skip


@ON_EACH_ENGINE
async def test_amounts_of_two_currencies_have_no_sum(store: FileStore) -> None:
    store.fill([order(1, "2026-10-02T10:00", "EUR"), order(2, "2026-10-02T10:00", "USD")])
    day = ("2026-10-02", "2026-10-02")
    with pytest.raises(BadQuery) as refused:
        await ask(store, days=day, metrics=["value"])
    assert refused.value.field == "metrics"
    by_currency = await ask(store, days=day, metrics=["value"], dimensions=["currency"])
    assert [row["dims"] + row["metrics"] for row in by_currency["rows"]] == [["EUR", 1.5], ["USD", 1.5]]
    assert by_currency["totals"] == {"value": None}
    one = await ask(store, days=day, metrics=["value"], filters=[["is", "currency", ["USD"]]])
    assert one["totals"] == {"value": 1.5}


async def test_amounts_are_not_compared_across_currencies(store: FileStore) -> None:
    store.fill([order(1, "2026-10-02T10:00", "EUR"), order(2, "2026-10-01T10:00", "USD")])
    assert (await ask(store, days=("2026-10-02", "2026-10-02"), metrics=["value"]))["totals"] == {"value": 1.5}
    with pytest.raises(BadQuery):
        await ask(store, days=("2026-10-02", "2026-10-02"), metrics=["value"], compare="previous")


@ON_EACH_ENGINE
async def test_a_request_is_never_sql(store: FileStore) -> None:
    store.fill([view(1, "2026-10-02T10:00", path="/'; DROP TABLE event; --")])
    text = "'; DROP TABLE event; --"
    answer = await ask(
        store, days=("2026-10-02", "2026-10-02"), metrics=["visits", "conversions"], dimensions=["page"],
        filters=[["contains", "page", [text]], ["is_not", f"prop:{text}", [text]]], goal={"page": f"*{text}"},
    )  # fmt: skip
    assert answer["rows"][0]["metrics"] == [1, 1]
    assert not any("DROP" in statement for statement in store.statements)


CROSSING = {
    # Of each visit: when its page views happened; the period asked for is the two days 3 and 4 of October.
    "within": ("2026-10-03T10:00", "2026-10-04T10:00"),
    "at both ends": ("2026-10-03T00:00", "2026-10-04T23:59"),
    "over the start": ("2026-10-02T23:50", "2026-10-03T00:10", "2026-10-03T00:20"),
    "over the end": ("2026-10-04T23:50", "2026-10-05T00:00"),
    "over both, seen within": ("2026-10-02T12:00", "2026-10-03T12:00", "2026-10-05T12:00"),
    "over both, not seen within": ("2026-10-02T12:00", "2026-10-05T12:00"),
    "before": ("2026-10-02T23:50", "2026-10-02T23:59"),
    "after": ("2026-10-05T00:00",),
}
SEEN_WITHIN = (2, 2, 2, 1, 1)


@ON_EACH_ENGINE
@pytest.mark.parametrize("chosen", range(1, 2 ** len(CROSSING), 37))
async def test_page_views_count_by_their_own_time(store: FileStore, chosen: int) -> None:
    """A visit that the period holds whole brings the number it is stored with: the others are looked at."""
    visits = [times for number, times in enumerate(CROSSING.values()) if chosen >> number & 1]
    store.fill([view(n, at, country="DE") for n, times in enumerate(visits) for at in times])
    wanted = sum(seen for number, seen in enumerate(SEEN_WITHIN) if chosen >> number & 1)
    days = ("2026-10-03", "2026-10-04")
    site = SiteFacts("example.com", "UTC", 1)
    for asked in ({}, {"filters": [["is", "country", ["DE"]]]}, {"dimensions": ["country"]}):
        told = await ask(store, site, days=days, metrics=["pageviews"], **asked)
        assert told["totals"] == {"pageviews": wanted}, asked
        assert sum(row["metrics"][0] for row in told["rows"]) == wanted, asked
