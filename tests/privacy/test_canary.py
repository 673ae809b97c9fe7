"""The canary: what must never be stored is sent through every route, then looked for in every byte that was written."""

import base64
import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from blockbuster import BlockBuster

from tests.e2e.test_load import SITE
from tests.processes import Byleave, Process, byleave, stored_rows
from tests.wire import beacon, yes

ADDRESS = "203.0.113.197"
MARK = "Kanarie7391"  # in the user agent, where a browser's own words would be
EMAIL = "kanarie.vogel@birdmail.example"
QUERY = "querykanarie55"
CLICK_ID = "Cj0KCQkanarieClickId8265"
REFERRER = "referrerkanarie91"
FRAGMENT = "fragmentkanarie12"
UUID = "7f3c9a2e-5b1d-4e8f-9a6b-0c1d2e3f4a5b"
SECRET_CANARIES = (ADDRESS, MARK, EMAIL, "kanarie.vogel", QUERY, CLICK_ID, REFERRER, FRAGMENT, UUID)
CONTROL = "/kept-control-page-4417"  # is stored: shows that the search can see
AGENT = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {MARK} Chrome/139.0.0.0 Safari/537.36"


@pytest.fixture
def product(tmp_path: Path, blockbuster: BlockBuster) -> Iterator[Byleave]:
    blockbuster.deactivate()
    with byleave(tmp_path, trusted_proxies="private", duckdb_compression="off", log_level="debug") as found:
        found.run(*SITE)
        yield found


class Browser:
    """Sends canaries in every header that names or tells something."""

    def __init__(self, server: Process) -> None:
        self.server = server

    def send(self, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """GET without a body, POST with one; the answer whatever its status."""
        sent = {
            "origin": "https://example.com",
            "content-type": "text/plain",
            "user-agent": AGENT,
            "x-forwarded-for": ADDRESS,
            "forwarded": f"for={ADDRESS}",
            "x-real-ip": ADDRESS,
            "referer": f"https://example.com/{REFERRER}?q={QUERY}",
            "cookie": f"id={QUERY}",
            "authorization": f"Bearer {QUERY}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            with urlopen(Request(self.server.url + path, data, sent), timeout=10) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with contextlib.closing(error):
                return error.code, error.read()


PAGES = (
    f"/account/{EMAIL}/settings",
    f"/account/{quote(EMAIL)}",
    f"/account/{quote(quote(EMAIL, safe=''), safe='')}",
    f"/search?q={QUERY}&mail={EMAIL}&gclid={CLICK_ID}&fbclid={CLICK_ID}&utm_source=news&utm_content={EMAIL}#{FRAGMENT}",
    f"/reset/{UUID}",
    f"/page;jsessionid={QUERY}{CLICK_ID}",
)


def events() -> list[dict[str, object]]:
    """Canaries in every field that holds an address or a text."""
    found: list[dict[str, object]] = [{"k": "pageview", "p": CONTROL, "r": "", "a": 0}]
    for page in PAGES:
        referrer = f"https://search.example/{REFERRER}?q={QUERY}#{FRAGMENT}"
        found.append({"k": "pageview", "p": page, "r": referrer, "a": 0})
        found.append({"k": "leave", "p": page, "d": 1, "s": 1, "a": 0})
    for target in (
        f"https://out.example/{EMAIL}?id={QUERY}#{FRAGMENT}",
        f"mailto:{EMAIL}",
        f"/files/{UUID}.pdf?k={QUERY}",
    ):
        found.append({"k": "click", "p": "/", "x": target, "y": "outbound", "a": 0})
    found.append({"k": "click", "p": "/", "x": EMAIL, "y": "button", "a": 0})
    found.append({"k": "event", "p": PAGES[0], "x": "contact", "m": {"mail": EMAIL, "id": UUID}, "a": 0})
    return found


def malformed() -> list[bytes]:
    """Bodies whose refusal must not repeat them."""
    good = beacon("c1.x.y.z")
    bodies: list[object] = [
        {**good, "ip": ADDRESS},
        {**good, "t": EMAIL},
        {**good, EMAIL: 1},
        {**good, "e": [{"k": EMAIL, "p": "/", "a": 0}]},
        {**good, "e": [{"k": "pageview", "p": EMAIL, "a": 0}]},
        {**good, "e": [{"k": "event", "p": "/", "x": "n", "a": 0, "m": {EMAIL: [UUID]}}]},
        yes(source=EMAIL),
        yes(locale=EMAIL),
        yes(prior=EMAIL + QUERY),
        yes(site=f"{QUERY}.example"),
    ]
    return [json.dumps(body).encode() for body in bodies] + [EMAIL.encode(), b'{"t":"' + EMAIL.encode()]


def visit_every_route(browser: Browser) -> list[str]:
    """One consented visit, and canaries on every route that is there, rightly and wrongly.

    Returns what only browsers may hold: tokens, access keys, and what finds an erasure's job.
    """
    status, answer = browser.send("/c/consent", yes())
    assert status == 201
    held = json.loads(answer)
    batch = beacon(held["token"], *events())
    assert browser.send("/c/events", batch)[0] == 202
    assert browser.send("/c/events", batch)[0] == 202
    assert browser.send("/c/events", batch, sec_gpc="1")[0] == 204
    assert browser.send("/c/events", batch, user_agent=f"Googlebot {MARK}")[0] == 204
    assert browser.send("/c/events", batch, origin=f"https://{QUERY}.example")[0] == 403
    for body in malformed():
        for route in ("/c/events", "/c/consent", "/c/withdraw"):
            assert browser.send(route, body)[0] in (201, 400, 401, 403)
    routes = [
        "/c/tag.js",
        "/c/t/00000000.js",
        "/c/site/example.com.json",
        f"/c/site/{QUERY}.json",
        f"/c/notice/{QUERY}",
    ]
    routes += ["/.well-known/gpc.json", "/.well-known/byleave-keys.json", "/healthz", "/readyz", "/metrics", "/"]
    routes += ["/c/nothing", "/sign-in", "/example.com", "/api/v1/openapi.json", f"/welcome/{QUERY}", "/static/x.js"]
    routes += ["/sites/example.com/goals", "/sites/example.com/goals/goal"]
    for route in routes:
        browser.send(f"{route}?mail={EMAIL}&q={QUERY}&id={CLICK_ID}")
    for origin in (f"https://{QUERY}.example", f"http://{ADDRESS}", f"https://{QUERY}.example.com"):  # held in memory
        browser.send("/c/site/example.com.json", origin=origin)
        browser.send("/c/consent", yes(), origin=origin)
        browser.send(f"/c/site/{QUERY}.json", origin="https://example.com")
    browser.send("/api/v1/query", {"site": EMAIL, "from": QUERY})
    browser.send(
        "/sign-in", f"email={EMAIL}&password={QUERY}".encode(), content_type="application/x-www-form-urlencoded"
    )
    for what in ("goal", "funnel"):
        named = f"name={EMAIL}&step=/{QUERY}&step1=/{QUERY}&step2=/{UUID}".encode()
        browser.send(
            f"/sites/example.com/goals/{what}?id={EMAIL}", named, content_type="application/x-www-form-urlencoded"
        )
    other = json.loads(browser.send("/c/consent", yes())[1])
    assert browser.send("/c/withdraw", {"access_key": other["access_key"]})[0] == 204
    return [*use_every_right(browser, held), held["token"], held["access_key"], other["access_key"]]


def send_as_backend(browser: Browser, product: Byleave) -> list[str]:
    """The same events from the owner's backend, rightly and wrongly; the tokens, which only it and visitors hold."""
    api = json.loads(product.run("token", "create", "example.com", "--scope", "events", "--json"))["token"]
    held = json.loads(browser.send("/c/consent", yes())[1])["token"]
    route, right = f"/api/v1/events?q={QUERY}&mail={EMAIL}", {"authorization": f"Bearer {api}"}
    batch = beacon(held, *events())
    for agent in (AGENT, f"python-requests/2 {MARK}", f"Googlebot {MARK}"):
        found = browser.send(route, batch, user_agent=agent, **right)
        assert found[0] == 202, found
    for change, status in (
        ({"authorization": f"Bearer {EMAIL}"}, 401),
        ({"authorization": f"{EMAIL} {api}"}, 401),
        ({**right, "sec_gpc": "1"}, 403),
        ({**right, "dnt": "1"}, 403),
        ({**right, "content_type": EMAIL}, 415),
    ):
        assert browser.send(route, batch, **change)[0] == status
    for body in malformed():
        assert browser.send(route, body, **right)[0] in (400, 401)
    return [api, held]


def use_every_right(browser: Browser, held: dict[str, str]) -> list[str]:
    """See, take and erase, rightly and wrongly; the secrets that find the erasures."""
    key = {"access_key": held["access_key"]}
    for query in ("", "?format=csv", f"?lang={EMAIL}", f"?format={QUERY}", f"?q={QUERY}"):
        status, answer = browser.send(f"/c/me{query}", key)
        assert status == (400 if query == f"?format={QUERY}" else 200)
        assert found_in(answer) == []
    for body in malformed():
        for route in ("/c/me", "/c/me/erase"):
            assert browser.send(route, body)[0] in (400, 401)
    for wrong in ({"access_key": EMAIL}, {"access_key": f"k1.{QUERY}.x.y"}, {**key, EMAIL: 1}):
        assert browser.send("/c/me", wrong)[0] in (400, 401)
        assert browser.send("/c/me/erase", {**wrong, "go_on": True})[0] in (400, 401)
    jobs = []
    for go_on in (True, False):
        status, answer = browser.send("/c/me/erase", {**_fresh(browser), "go_on": go_on})
        assert status == 202
        jobs.append(json.loads(answer)["job"])
    for job in (*jobs, QUERY, quote(EMAIL)):
        assert browser.send(f"/c/jobs/{job}?q={QUERY}&mail={EMAIL}")[0] == (200 if job in jobs else 404)
    return jobs


def _fresh(browser: Browser) -> dict[str, str]:
    said = json.loads(browser.send("/c/consent", yes())[1])
    assert browser.send("/c/events", beacon(said["token"], *events()))[0] == 202
    return {"access_key": said["access_key"]}


def forms_of(canary: str) -> list[bytes]:
    """The ways a text may lie in a file: as it is, folded, percent-encoded, in JSON, UTF-16, hex and base64."""
    raw = canary.encode()
    found = [
        raw,
        raw.lower(),
        raw.upper(),
        quote(canary, safe="").encode(),
        canary.encode("utf-16-le"),
        raw.hex().encode(),
    ]
    # base64 of a text within another begins at any of three offsets; the middle part is always the same.
    found += [base64.b64encode(b"\0" * offset + raw)[4 if offset else 0 : -4] for offset in range(3)]
    return found


def found_in(content: bytes, canaries: Sequence[str] = SECRET_CANARIES) -> list[str]:
    folded = content.lower()
    return [c for c in canaries if any(form in content or form.lower() in folded for form in forms_of(c))]


def search(product: Byleave, canaries: Sequence[str] = SECRET_CANARIES) -> dict[str, list[str]]:
    """Every file under the data directory and the log, with the canaries that are in it."""
    files = [path for path in product.data.rglob("*") if path.is_file()] + [product.log]
    contents = {path: path.read_bytes() for path in files}
    assert any(CONTROL.encode() in content for content in contents.values()), "the search cannot see what is stored"
    return {path.name: hits for path, content in contents.items() if (hits := found_in(content, canaries))}


def test_nothing_that_must_not_be_stored_is_in_any_byte(product: Byleave) -> None:
    server = product.start("serve")
    browser = Browser(server)
    held = visit_every_route(browser) + send_as_backend(browser, product)
    canaries = [*SECRET_CANARIES, *held]
    assert search(product, canaries) == {}  # spool and write-ahead logs, while it runs
    time.sleep(1)  # loaded
    assert found_in(browser.send("/metrics")[1], canaries) == []
    assert search(product, canaries) == {}
    assert server.stop() == 0
    assert search(product, canaries) == {}
    paths = {row[0] for row in stored_rows(product.data, "SELECT path FROM event")}
    assert CONTROL in paths
    assert len(paths) > 3  # the pages themselves are there, scrubbed


def test_the_search_finds_every_form_it_looks_for() -> None:
    for canary in SECRET_CANARIES:
        for form in forms_of(canary):
            assert canary in found_in(b"before " + form + b" after")
        for offset in range(3):
            assert canary in found_in(base64.b64encode(b"x" * offset + canary.encode() + b"tail"))
