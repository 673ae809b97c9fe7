"""What the collector notes of an installation: through its real routes, and never more than it may."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from collector import control
from collector.consent import notice
from collector.sightings import What
from tests.wire import SITE, Running, add_site, beacon, running, yes

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER, DRAFT = "other.example", "draft.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A public server: local pages have no special right."""
    async with running(tmp_path_factory.mktemp("home"), host="192.0.2.1") as found:
        await add_site(found.context.state, OTHER, aliases=())
        await add_site(found.context.state, DRAFT, notice.Draft(), ())
        await found.context.follower.refresh()
        yield found


@pytest.fixture
def live(home: Running) -> Running:
    home.context.sightings.take()
    return home


def seen(live: Running, *leaving: What) -> set[tuple[str, str, str]]:
    """What was noted, but for how it came and whatever is left out."""
    hidden = (What.DIRECT, *leaving)
    return {(site, what, detail) for site, what, detail, _ in live.context.sightings.take() if what not in hidden}


async def ask(live: Running, origin: str = "", site: str = SITE, **headers: str) -> Any:
    sent = {"origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await live.client.get(f"/c/site/{site}.json", headers={k: v for k, v in sent.items() if v})


ORIGINS = [
    ("of the site", "https://www.example.com", set()),
    ("proxied: no origin at all", "", set()),
    ("of a stranger", "https://www.elsewhere.example:8443", {(What.FOREIGN, "www.elsewhere.example")}),
    ("of another site here", f"https://{OTHER}", {(What.FOREIGN, OTHER)}),
    ("without HTTPS", "http://www.example.com", {(What.INSECURE, "www.example.com")}),
    ("of the owner's own machine", "http://localhost:3000", {(What.FOREIGN, "localhost")}),
    ("a bare address", "http://203.0.113.9", {(What.NAMELESS, "")}),
    ("a bare address of version 6", "http://[2001:db8::9]", {(What.NAMELESS, "")}),
    ("a file", "null", {(What.NAMELESS, "")}),
    ("hostile text", "https://<script>alert(1)</script>", {(What.NAMELESS, "")}),
    ("endless", "https://" + "a" * 5000, {(What.NAMELESS, "")}),
    ("a number in its name", "https://id4155550123987.elsewhere.example", {(What.FOREIGN, "*.elsewhere.example")}),
]


@pytest.mark.parametrize(("origin", "noted"), [case[1:] for case in ORIGINS], ids=[case[0] for case in ORIGINS])
async def test_a_question_tells_where_it_is_asked(live: Running, origin: str, noted: set[tuple[str, str]]) -> None:
    assert (await ask(live, origin)).status_code == 200
    assert seen(live) == {(SITE, What.ASKED, ""), *((SITE, what, detail) for what, detail in noted)}


async def test_a_tag_that_names_a_site_that_is_not_here_is_told_to_the_site_of_its_page(live: Running) -> None:
    assert (await ask(live, "https://example.com", "exmaple.com")).status_code == 404
    assert seen(live) == {(SITE, What.MISNAMED, "exmaple.com")}
    await ask(live, "https://stranger.example", "exmaple.com")
    await ask(live, "https://example.com", "<b>")
    assert seen(live) == set()


async def test_the_tag_is_noted_for_the_whole_server(live: Running) -> None:
    await live.client.get("/c/tag.js")
    assert seen(live) == {("", What.TAG, "")}


@pytest.mark.parametrize("signal", [{"sec_gpc": "1"}, {"dnt": "1"}])
async def test_nothing_is_noted_of_who_sends_a_signal(live: Running, signal: dict[str, str]) -> None:
    headers = {name.replace("_", "-"): value for name, value in signal.items()}
    await live.client.get("/c/tag.js", headers=headers)
    await ask(live, "https://stranger.example", **signal)
    assert (await live.post("/c/consent", yes(), **signal)).status_code == 204
    assert live.context.sightings.take() == []


async def test_a_yes_and_why_one_was_refused(live: Running) -> None:
    await live.consent()
    assert seen(live) == {(SITE, What.YES, "")}
    refusals = [
        ({"user_agent": "Mozilla/5.0 HeadlessChrome/139.0.0.0"}, yes(), (SITE, What.YES_REFUSED, "bot")),
        ({"origin": "https://stranger.example"}, yes(), (SITE, What.FOREIGN, "stranger.example")),
        ({"origin": f"https://{OTHER}"}, yes(), (SITE, What.FOREIGN, OTHER)),
        ({"origin": f"https://{DRAFT}"}, yes(site=DRAFT), (DRAFT, What.YES_REFUSED, "notice-is-draft")),
        ({}, {"site": SITE}, (SITE, What.YES_REFUSED, "malformed")),
    ]  # fmt: skip
    for headers, body, noted in refusals:
        assert (await live.post("/c/consent", body, **headers)).status_code != 201
        assert seen(live) == {noted}


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b'{"site":1}', b"[" * 9000, b"x" * 20_000])
async def test_a_stranger_that_names_no_site_is_told_to_nobody(live: Running, body: bytes) -> None:
    assert (await live.post("/c/consent", body, origin="https://stranger.example")).status_code in (403, 413)
    assert seen(live) == set()


async def test_why_events_were_refused(live: Running) -> None:
    token = (await live.consent())["token"]
    seen(live)
    assert (await live.post("/c/events", beacon(token))).status_code == 202
    assert seen(live) == set(), "the hot path notes nothing"
    await live.post("/c/events", beacon(token[:-4] + "AAAA"))
    await live.post("/c/events", beacon(token, {"k": "nothing"}))
    await live.post("/c/withdraw", {"t": token})
    await live.post("/c/events", beacon(token))
    assert seen(live) == {
        (SITE, What.EVENTS_REFUSED, reason) for reason in ("bad-token", "malformed", "consent-withdrawn")
    }


@pytest.mark.parametrize(
    ("forwarded", "trusted", "peer", "noted"),
    [
        ("", "", "127.0.0.1", (What.DIRECT, "")),
        ("198.51.100.1", "", "127.0.0.1", (What.FORWARDED, "private")),
        ("198.51.100.1", "private", "127.0.0.1", (What.DIRECT, "")),
        ("198.51.100.1", "", "8.8.8.8", (What.FORWARDED, "public")),
    ],
)
async def test_a_proxy_that_is_not_trusted_is_noted_without_an_address(
    tmp_path: Path, forwarded: str, trusted: str, peer: str, noted: tuple[str, str]
) -> None:
    async with running(tmp_path, trusted_proxies=trusted, peer=peer) as found:
        await ask(found, "https://example.com", x_forwarded_for=forwarded)
        sightings = found.context.sightings.take()
        assert {(what, detail) for _, what, detail, _ in sightings} == {(What.ASKED, ""), noted}
        await found.post("/c/consent", yes(), x_forwarded_for=forwarded)
        sightings += found.context.sightings.take()
        assert (SITE, *noted) in {one[:3] for one in sightings}
        assert "198.51" not in repr(sightings) and peer not in repr(sightings)


async def test_a_running_server_hands_it_on(live: Running) -> None:
    await ask(live, "https://www.elsewhere.example")
    data = live.context.settings.data_path
    for _ in range(40):
        told = await control.call(data, "sightings", site=SITE)
        if any(detail == "www.elsewhere.example" for _, _, detail, _ in told):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(told)
