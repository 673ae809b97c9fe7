"""A visitor's rows and visits in their own words, apart from where they come from."""

from typing import Any

import pytest

from collector import telling
from collector.state.site import Notice
from collector.telling import Telling

NOTICE = Notice("n" * 64, 1, "example.com", draft=False, material=False, published_at=0, body={"retention_months": 1})
COLUMNS = (
    "occurred_at", "kind", "nth", "visit", "notice", "path", "target", "target_kind", "seconds", "scroll", "source",
    "country", "city", "browser", "device",
)  # fmt: skip


def row(nth: int, path: str = "/", visit: int = 1, at: str = "2026-01-31T23:30:00", **more: Any) -> tuple[Any, ...]:
    found = {"occurred_at": at, "kind": "pageview", "nth": nth, "visit": visit, "notice": NOTICE.id, "path": path}
    found |= {"country": "DE", "city": None, "browser": "Firefox", "device": "desktop", **more}
    return tuple(found.get(name) for name in COLUMNS)


def told(*rows: tuple[Any, ...], language: str = "en") -> tuple[Telling, list[dict[str, Any]]]:
    made = Telling(language, "Europe/Berlin", {NOTICE.id: NOTICE})
    return made, made.told(COLUMNS, rows)


def test_a_row_expires_by_its_own_local_day() -> None:
    """Half past eleven in the evening, UTC, is the first of February in Berlin; a month later, the first of March."""
    _, (found,) = told(row(0))
    assert (found["occurred_at"], found["expires"]) == ("2026-01-31T23:30:00Z", "2026-03-01")
    _, (unknown,) = told(row(0, notice="o" * 64))
    assert unknown["expires"] is None


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "You read /"),
        ({"kind": "click", "target": "/a", "target_kind": "link"}, "You followed a link to /a"),
        ({"kind": "click", "target": "b.example/", "target_kind": "outbound"},
         "You followed a link to another website: b.example/"),
        ({"kind": "click", "target": "/f.pdf", "target_kind": "download"}, "You downloaded /f.pdf"),
        ({"kind": "click", "target": "Order", "target_kind": "button"}, "You pressed Order"),
        ({"kind": "click", "target": "contact", "target_kind": "form"}, "You sent the form contact"),
        ({"kind": "click", "target": None, "target_kind": "button"}, "You clicked something on /"),
        ({"kind": "leave", "seconds": 3, "scroll": 40}, "You left /: visible for 3 s, scrolled to 40 %"),
        ({"kind": "event", "target": "{path}"}, "The website reported “{path}” on /"),
    ],
)  # fmt: skip
def test_words(columns: dict[str, Any], words: str) -> None:
    assert told(row(0, **columns))[1][0]["words"] == words


def test_steps_are_in_the_order_of_the_visit_and_repeats_in_a_row_are_one() -> None:
    made, _ = told(row(2, "/b"), row(0, "/a"), row(1, "/a"), row(3, "/a"), row(4, kind="leave", seconds=1, scroll=1))
    (visit,) = made.visits()
    assert [step["name"] for step in visit["steps"]] == ["/a", "/b", "/a"]


def test_a_visit_is_told_by_its_first_event_and_its_first_pageview() -> None:
    click = row(0, kind="click", target="x", target_kind="button", city="Bonn", at="2026-02-01T00:00:05")
    made, _ = told(click, row(2, source="Later"), row(1, source="First", city="Kiel", at="2026-02-01T00:00:09"))
    (visit,) = made.visits()
    assert (visit["source"], visit["city"], visit["began"]) == ("First", "Bonn", "2026-01-31T23:30:00Z")


def test_visits_are_bounded_and_the_latest_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "VISITS", 2)
    monkeypatch.setattr(telling, "STEPS", 3)
    made, rows = told(*(row(nth, f"/{visit}-{nth}", visit=visit) for visit in range(4) for nth in range(5)))
    assert (len(rows), made.left_out) == (20, 2)
    names = [[step["name"] for step in visit["steps"]] for visit in made.visits()]
    assert names == [["/3-0", "/3-1", "/3-2"], ["/2-0", "/2-1", "/2-2"]]
