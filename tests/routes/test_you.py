"""The visitor's page as it is served: sealed off, in the visitor's language, and without a word missing."""

import html
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collector.consent import texts
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.routes.you import NAMES
from collector.state import sites
from tests.wire import SITE, Running, running

SOURCES = Path(__file__).parents[2] / "js/you/src"
# Names that the script puts together: the state of a choice, a device, what is told of a failure.
COMPOSED = {
    *("given_title", "given", "withdrawn_title", "withdrawn", "expired_title", "expired", "none"),
    *("missing_title", "bad_title", "missing", "bad", "wrong_offline", "wrong_busy", "wrong_down", "wrong_other"),
    *("stop_ask", "stop_do", "go_on_ask", "go_on_do", "erase_ask", "erase_do", "stop", "go_on", "erase"),
    *("step_page", "step_click", "step_event", "desktop", "mobile", "tablet", "other"),
}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


async def test_the_page_is_sealed_off_and_never_kept(live: Running) -> None:
    page = await live.client.get("/c/you")
    assert page.status_code == 200
    policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in page.headers
    assert "access-control-allow-origin" not in page.headers


async def test_everything_it_loads_is_its_own_and_the_key_is_taken_before_anything_else(live: Running) -> None:
    page = (await live.client.get("/c/you")).text
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
    assert len(loaded) == 2 and all(address.startswith("/c/") for address in loaded)
    assert loaded[0].startswith("/c/t/") and "<script src=" in page.partition("<link")[0]
    for address in loaded:
        answer = await live.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", page)


@pytest.mark.parametrize("language", texts.languages())
async def test_the_page_speaks(live: Running, language: str) -> None:
    for answer in (
        await live.client.get(f"/c/you?lang={language}", headers={"accept-language": "xx"}),
        await live.client.get("/c/you", headers={"accept-language": f"sv, {language}-XX;q=0.9, en;q=0.5"}),
    ):
        words = texts.page_words(language)
        assert f'<html lang="{language}" dir="ltr">' in answer.text
        found = re.search(r'data-words="([^"]*)"', answer.text)
        assert found and json.loads(html.unescape(found[1])) == words
        without_script = answer.text.partition("<noscript>")[2].partition("</noscript>")[0]
        for sentence in (words["script_title"], words["script"], "privacy@example.com"):
            assert html.escape(sentence, quote=False) in without_script
        assert answer.text.count('aria-current="true"') == 1
        assert f'hreflang="{language}" aria-current="true">{NAMES[language]}</a>' in answer.text


async def test_the_contact_is_that_of_the_site_asked_for_and_nobodys_where_there_are_several(live: Running) -> None:
    assert "privacy@example.com" in (await live.client.get("/c/you")).text
    async with live.context.state.write() as connection:
        await sites.add(connection, sites.checked("other.test", (), "UTC"), 0)
        await publish(connection, "other.test", Draft(controller="Other", contact="ask@other.test"), iso(0), 0)
    await live.context.follower.refresh()
    page = (await live.client.get("/c/you")).text
    assert "privacy@example.com" not in page and "ask@other.test" not in page
    assert texts.page_words("en")["contact_unknown"] in page
    page = (await live.client.get(f"/c/you?site=www.{SITE}")).text
    assert "privacy@example.com" in page and f"site=www.{SITE}" in page
    page = (await live.client.get('/c/you?site="><script>x</script>')).text
    assert "<script>x" not in page


def test_every_word_that_the_page_says_is_there_and_every_word_there_is_said() -> None:
    words = {name for name, text in texts.page_words("en").items() if isinstance(text, str)}
    code = "".join(path.read_text("utf-8") for path in SOURCES.glob("*.ts"))
    template = (SOURCES.parents[2] / "collector/templates/you.html").read_text("utf-8")
    said = set(re.findall(r'say\(\s*"(\w+)"', code)) | set(re.findall(r"words\.(\w+)", template)) | COMPOSED
    said |= {name for name in re.findall(r'"(\w+)"', code) if name in words}
    assert said == words


async def test_a_later_notice_is_told_with_those_that_were_seen(live: Running) -> None:
    key = (await live.consent())["access_key"]
    seen = live.context.follower.current[SITE].id
    async with live.context.state.write() as connection:
        draft = Draft(controller="Example Ltd", contact="privacy@example.com", retention_months=12)
        await publish(connection, SITE, draft, iso(2_000_000_000), 2_000_000_000)
    await live.context.follower.refresh()
    told = (await live.post("/c/me", {"access_key": key})).json()
    assert [notice["id"] for notice in told["notices"]] == [seen, live.context.follower.current[SITE].id]
    assert seen != told["notices"][1]["id"]
