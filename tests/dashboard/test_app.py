"""Headers, static files, routes and roles."""

import re

import httpx2
import pytest
from structlog.testing import capture_logs

from dashboard.headers import POLICY
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House

# (method, path, anonymous, signed in)
ROUTES = [
    ("GET", "/", 303, 303),
    ("GET", "/sites", 303, 200),
    ("GET", f"/sites/{SITE}", 303, 200),
    ("GET", f"/sites/{SITE}/journeys", 303, 200),
    ("GET", f"/sites/{SITE}/setup", 303, 200),
    ("GET", f"/sites/{SITE}/rows/pages", 303, 200),
    ("GET", f"/sites/{SITE}/rows/nothing", 303, 404),
    ("GET", "/sites/nowhere.example", 303, 404),
    ("GET", "/sites/nowhere.example/journeys", 303, 404),
    ("GET", "/sign-in", 200, 303),
    ("POST", "/sites", 405, 405),
    ("GET", "/sign-out", 405, 405),
    ("POST", "/sign-out", 415, 415),
    ("GET", "/welcome/nothing", 410, 410),
    ("GET", "/nothing", 404, 404),
    ("GET", "/static/nothing.js", 404, 404),
    ("GET", "/static/../app.py", 404, 404),
    ("GET", "/api/v1/openapi.json", 200, 200),
]


@pytest.mark.parametrize(("method", "path", "anonymous", "known"), ROUTES, ids=[f"{m} {p}" for m, p, *_ in ROUTES])
async def test_roles_and_routes(
    house: House, owner: httpx2.AsyncClient, method: str, path: str, anonymous: int, known: int
) -> None:
    async with house.browser() as stranger:
        strangers = await stranger.request(method, path)
    answers = (strangers, await owner.request(method, path))
    assert [answer.status_code for answer in answers] == [anonymous, known]
    for answer in answers:
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "permissions-policy" in answer.headers
        assert answer.headers["cache-control"] in ("no-store", "no-cache")
    if anonymous == 303 and path.startswith("/sites/"):
        assert SITE not in strangers.text
        assert strangers.headers["location"].startswith("/sign-in?next=%2Fsites%2F")


async def test_an_unknown_site_is_told_as_any_unknown_page(owner: httpx2.AsyncClient) -> None:
    for path in ("/sites/nowhere.example", "/nothing"):
        answer = await owner.get(path)
        assert "Nothing is here" in answer.text
        # The language's form leads back to where one is, known or not.
        assert "nowhere" not in answer.text.replace(f'name="back" value="{path}"', "")


async def test_static_files_are_kept_for_a_year_under_their_hash(house: House) -> None:
    async with house.browser() as browser:
        html = (await browser.get("/sign-in")).text
        for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
            answer = await browser.get(url)
            if answer.status_code == 404:
                pytest.skip("the dashboard's script is not built: run npm run build in js")
            assert "immutable" in answer.headers["cache-control"]
            again = await browser.get(url, headers={"if-none-match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            other = await browser.get(url.partition("?")[0] + "?v=0")
            assert other.headers["cache-control"] == "no-cache"


async def test_a_crash_is_told_without_its_cause(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("dashboard.auth_guard.find_session", crash)
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="https://stats.example.net") as browser:
        answer = await browser.get("/sites")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


async def test_a_crash_is_logged_without_what_was_asked_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("jane@mail.example")

    monkeypatch.setattr("dashboard.errors.find_session", crash)
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="https://stats.example.net") as browser:
        with capture_logs() as told:
            answer = await browser.get("/jane@mail.example?q=jane")
    assert answer.status_code == 500
    assert told == [{"event": "a page failed", "error": "RuntimeError", "log_level": "error"}]
