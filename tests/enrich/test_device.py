"""Browser, system and device of real user agents; and that the fast engine answers as the package itself does."""

import pytest
import user_agents  # type: ignore[import-untyped]

from collector.enrich.device import Device, UserAgent, device_of
from tests.enrich.agents import BROWSERS
from tests.enrich.test_bots import TOOLS


@pytest.mark.parametrize("row", BROWSERS, ids=[row[0] for row in BROWSERS])
def test_device_of(row: tuple[str, str, str, int | None, str, str]) -> None:
    assert device_of(row[1]) == Device(*row[2:])


@pytest.mark.parametrize(
    "agent",
    [*(row[1] for row in BROWSERS), *(TOOLS[name] for name in TOOLS if name not in ("very long", "lone surrogate"))],
)
def test_the_rust_engine_answers_as_user_agents_does(agent: str) -> None:
    slow, fast = user_agents.parse(agent), UserAgent(agent)
    assert (fast.browser, fast.os, fast.device, str(fast)) == (slow.browser, slow.os, slow.device, str(slow))
    for question in ("is_mobile", "is_tablet", "is_pc", "is_touch_capable", "is_bot", "is_email_client"):
        assert getattr(fast, question) == getattr(slow, question), question


@pytest.mark.parametrize(
    "agent", ["", "x", "\x00\ud800", "Mozilla/5.0 \ud800", "Chrome/" + "9" * 400, "🦊" * 1000, "Mozilla/5.0 (" * 500]
)
def test_nonsense_is_other(agent: str) -> None:
    found = device_of(agent)
    assert found.device == "other"
    assert found.browser_major is None
