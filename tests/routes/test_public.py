"""What anybody may fetch: forms, caches, and errors that pages can read."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from collector.routes.public import prefers_page
from tests.wire import SITE, Running, running


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


ROUTES = ("/c/tag.js", f"/c/site/{SITE}.json", "/.well-known/gpc.json", "/.well-known/byleave-keys.json")


@pytest.mark.parametrize("path", [*ROUTES, "/c/nothing", "/c/site/none.test.json", "/c/t/0123456789.js", "/c/notice/0"])
async def test_every_page_may_read_the_answer(live: Running, path: str) -> None:
    answer = await live.client.get(path, headers={"origin": "https://anybody.test"})
    assert answer.status_code == (200 if path in ROUTES else 404)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    if path not in ROUTES:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


async def test_the_tag_is_the_same_bytes_by_name_and_by_hash(live: Running) -> None:
    tag = await live.client.get("/c/tag.js", headers={"accept-encoding": "identity"})
    name = sha256(tag.content).hexdigest()
    for prefix in (name, name[:12]):
        build = await live.client.get(f"/c/t/{prefix}.js", headers={"accept-encoding": "gzip"})
        assert (build.content, build.headers["content-encoding"]) == (tag.content, "gzip")
        small = await live.client.head(f"/c/t/{prefix}.js", headers={"accept-encoding": "gzip, br"})
        assert small.headers["content-encoding"] == "br"
        assert "immutable" in build.headers["cache-control"]
    assert "immutable" not in tag.headers["cache-control"]
    again = await live.client.get("/c/tag.js", headers={"if-none-match": tag.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_texts_are_revalidated_and_say_what_an_ask_needs(live: Running) -> None:
    answer = await live.client.get(f"/c/site/www.{SITE}.json")
    assert answer.headers["cache-control"] == "no-cache"
    body = answer.json()
    assert (body["site"], body["purposes"]) == (SITE, ["measure", "returning", "ads"])
    assert {"title", "no", "choose", "yes"} <= body["texts"]["en"].keys()
    assert body["since"] == live.context.follower.current[SITE].body["published"]
    again = await live.client.get(f"/c/site/{SITE}.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_notice_is_the_bytes_its_id_names_and_a_page(live: Running) -> None:
    notice = live.context.follower.current[SITE]
    answer = await live.client.get(f"/c/notice/{notice.id}")
    assert sha256(answer.content).hexdigest() == notice.id
    page = await live.client.get(
        f"/c/notice/{notice.id}", headers={"accept": "text/html", "accept-language": "fr-CH, de"}
    )
    assert '<html lang="fr">' in page.text
    assert "Example Ltd" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html;q=0, application/json", False),
        ("application/json, text/html;q=0.1", False),
        ("application/json;q=0.5, text/html;q=0.9", True),
        ("text/html;q=x", False),
    ],
)
def test_accept_is_weighed(accept: str, page: bool) -> None:
    assert prefers_page(accept) == page


@pytest.mark.parametrize("path", ["/c/site/unknown.test.json", "/c/notice/unknown"])
async def test_a_state_that_does_not_answer_is_503(live: Running, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    async def fail() -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(live.context, "learn", fail)
    answer = await live.client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (503, "storage-unavailable")
    assert (answer.headers["access-control-allow-origin"], answer.headers["retry-after"]) == ("*", "5")


async def test_health_and_metrics(live: Running) -> None:
    assert (await live.client.get("/healthz")).status_code == 200
    ready = await live.client.get("/readyz")
    assert ready.json()["checks"] == {"state": True, "keys": True, "spool": True, "store": True}
    assert (await live.client.get("/.well-known/gpc.json")).json()["gpc"] is True
    await live.post("/c/events", b"{")
    text = (await live.client.get("/metrics")).text
    assert 'byleave_refusals_total{reason="malformed"}' in text
    live.context.spool._segment, kept = None, live.context.spool._segment
    found: Any = await live.client.get("/readyz")
    live.context.spool._segment = kept
    assert (found.status_code, found.json()["checks"]["spool"]) == (503, False)
