"""Sightings: the latest of each, within bounds, told to the owner and forgotten after half an hour."""

import time
from pathlib import Path

import pytest

from collector import control as control_socket
from collector.control import Control
from collector.sightings import AT_ONCE, KEPT_S, MOST, Sightings, What, offer, tell


def test_the_latest_time_of_each_is_held() -> None:
    seen, now = Sightings(), int(time.time())
    seen.note("a.example", What.ASKED, at=now - 5)
    seen.note("a.example", What.ASKED, at=now - 9)
    seen.note("", What.TAG, at=now)
    seen.note("b.example", What.ASKED, at=now)
    assert sorted(seen.of("a.example")) == [("", "tag", "", now), ("a.example", "asked", "", now - 5)]


def test_whoever_makes_hosts_up_fills_no_memory() -> None:
    seen = Sightings()
    for number in range(1000):
        seen.note("a.example", What.FOREIGN, f"h{number}.example")
    assert [detail for _, _, detail, _ in seen.of("a.example")] == [f"h{n}.example" for n in range(1000 - MOST, 1000)]


def test_after_half_an_hour_nothing_is_told_or_held() -> None:
    seen, now = Sightings(), int(time.time())
    seen.note("a.example", What.FOREIGN, "old.example", at=now - KEPT_S - 1)
    seen.note("a.example", What.FOREIGN, "new.example")
    assert [detail for _, _, detail, _ in seen.of("a.example")] == ["new.example"]
    assert "old.example" not in repr(vars(seen))


def test_many_are_taken_in_parts() -> None:
    seen = Sightings()
    for number in range(AT_ONCE + 10):
        seen.note(f"s{number}.example", What.ASKED)
    assert (len(seen.take()), len(seen.take()), seen.take()) == (AT_ONCE, 10, [])


async def test_what_a_collector_saw_reaches_whoever_asks_the_owner(tmp_path: Path) -> None:
    collector, owned = Sightings(), Sightings()
    collector.note("a.example", What.FOREIGN, "www.other.example")
    await tell(collector, tmp_path)  # nobody listens: it waits
    control = await Control.start(tmp_path)
    offer(control, owned)
    try:
        await tell(collector, tmp_path)
        assert await control_socket.call(tmp_path, "sightings", site="a.example") == [
            [*found] for found in owned.of("a.example")
        ]
        assert [detail for _, _, detail, _ in owned.of("a.example")] == ["www.other.example"]
        assert collector.take() == []
    finally:
        await control.stop()


@pytest.mark.parametrize("site", ["b.example", ""])
def test_another_site_is_told_nothing_of_it(site: str) -> None:
    seen = Sightings()
    seen.note("a.example", What.FOREIGN, "www.other.example")
    assert seen.of(site) == []
