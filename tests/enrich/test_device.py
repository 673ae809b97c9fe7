"""Browser, system and device of real user agents; and that the fast engine answers as the package itself does."""

import re

import pytest
import user_agents  # type: ignore[import-untyped]

from collector.enrich.device import Device, UserAgent, device_of
from tests.enrich.agents import BROWSERS
from tests.enrich.formats import READERS, SCREENS, agents
from tests.enrich.test_bots import TOOLS


@pytest.mark.parametrize("row", BROWSERS, ids=[row[0] for row in BROWSERS])
def test_device_of(row: tuple[str, str, str, int | None, str, str]) -> None:
    assert device_of(row[1]) == Device(*row[2:])


def test_the_kind_of_device_in_every_version_of_every_format() -> None:
    wrong = [(name, device_of(agent).device, kind) for name, agent, kind in agents() if device_of(agent).device != kind]
    assert not wrong


IN_APPS = {
    "Facebook": "Facebook", "Facebook of Meta": "Facebook", "Messenger": "Facebook Messenger", "Instagram": "Instagram",
    "LINE": "LINE", "WeChat": "WeChat", "TikTok": "TikTok", "Google": "Google", "Snapchat": "Snapchat",
    "LinkedIn": "LinkedIn", "Pinterest": "Pinterest", "Reddit": "Reddit", "Threads": "Threads", "Viber": "Viber",
    "X": "X", "Telegram": "Telegram", "DuckDuckGo": "DuckDuckGo",
}  # fmt: skip


@pytest.mark.parametrize("app", IN_APPS)
def test_a_browser_inside_an_app_has_the_apps_name(app: str) -> None:
    found = {
        (name, device_of(agent).browser) for name, agent, _ in agents() if re.fullmatch(rf"{app} \d+ on \w+", name)
    }
    assert found
    assert {browser for _, browser in found} == {IN_APPS[app]}, found


def test_an_ipad_in_desktop_mode_cannot_be_told_from_a_mac() -> None:
    """Written down, so that nobody takes the share of tablets for more than it is: docs/sources.md says so too."""
    by_name = {name: device_of(agent) for name, agent, _ in agents()}
    assert by_name["safari 18.5 mac or ipad"] == Device("Safari", 18, "macOS", "desktop")
    assert by_name["safari 18.5 ipad"].device == "tablet"


def test_screens_and_readers_are_many() -> None:
    assert len(SCREENS) >= 15
    assert len(READERS) >= 5


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
