"""User agents are asked once, remembered within a bound, and never held."""

import pytest

from collector.enrich import agent
from collector.enrich.agent import device_of_person
from collector.enrich.device import device_of
from tests.enrich.agents import BROWSERS
from tests.enrich.test_bots import TOOLS


@pytest.mark.parametrize("row", BROWSERS, ids=[row[0] for row in BROWSERS])
def test_a_person_has_a_device_the_second_time_too(row: tuple[str, str, str, int | None, str, str]) -> None:
    for _ in range(2):
        assert device_of_person(row[1].encode()) == device_of(row[1])


@pytest.mark.parametrize("name", [name for name in TOOLS if name != "lone surrogate"])
def test_a_program_has_none_the_second_time_either(name: str) -> None:
    for _ in range(2):
        assert device_of_person(TOOLS[name].encode()) is None


def test_what_is_no_utf_8_is_read_all_the_same() -> None:
    assert device_of_person(b"\xff\xfe") is None
    assert device_of_person(BROWSERS[0][1].encode() + b"\xff") is not None


def test_answers_are_remembered_without_the_agent() -> None:
    agent._KNOWN.forget()
    for number in range(agent.HELD + 10):
        device_of_person(b"canary %d" % number)
    assert 0 < len(agent._KNOWN) <= agent.HELD
    assert "canary" not in repr(vars(agent._KNOWN))
