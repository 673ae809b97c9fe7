"""The proxies' recipes of docs/install/: what they pass on, what they keep to themselves, and a visit behind each."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from collector.address import client_address
from tests.e2e.chromium import chromium
from tests.e2e.conftest import CONTROLLER, Product
from tests.e2e.proxies import BYLEAVE, WEBSITE, Proxy, installed, proxy
from tests.processes import byleave

PROXIES = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            not installed(name) or not installed("openssl"),
            reason=f"{name} is not installed; on Debian and Ubuntu: apt-get install {name} openssl",
        ),
    )
    for name in ("nginx", "caddy")
]
VISITOR, MADE_UP = "127.0.0.2", "81.2.69.142"
SHOWN = ("/c/tag.js", "/c/t/0123456789abcdef.js", "/c/you", "/.well-known/gpc.json", "/.well-known/byleave-keys.json")
KEPT_BACK = ("/sites", "/api/v1/query", "/metrics", "/healthz", "/.well-known/else", "/cc/tag.js", "/c/%2e%2e/sites")


@pytest.fixture
def mirror() -> Iterator[int]:
    """The port of a server that answers with the path and headers it was asked with."""

    class Mirror(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = [[name.lower(), value] for name, value in self.headers.items()]
            body = json.dumps({"path": self.path, "headers": headers}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def passed_on(found: Proxy, host: str, path: str, **more: Any) -> dict[str, str]:
    """The headers that Byleave would see."""
    answer = found.ask(host, path, **more)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["path"] == path
    return dict(told["headers"])


@pytest.mark.parametrize("name", PROXIES)
def test_what_a_proxy_passes_on(name: str, mirror: int, tmp_path: Path) -> None:
    with proxy(name, tmp_path / "proxy", mirror) as found:
        for host in (WEBSITE, BYLEAVE):
            seen = passed_on(found, host, "/c/events", method="POST", content=b"{}", x_forwarded_for=MADE_UP)
            assert seen["host"] == host
            headers = [(b"x-forwarded-for", seen["x-forwarded-for"].encode())]
            assert client_address("127.0.0.1", headers, [ip_network("127.0.0.1")]) == VISITOR
            assert MADE_UP not in seen["x-forwarded-for"]
            assert seen["x-forwarded-proto"] == "https"
        own = {"cookie": "cart=7", "authorization": "Basic Zm9v"}
        seen = passed_on(found, WEBSITE, "/c/tag.js", sec_gpc="1", accept_encoding="br", **own)
        assert not own.keys() & seen.keys()
        assert (seen["sec-gpc"], seen["accept-encoding"]) == ("1", "br")
        assert passed_on(found, BYLEAVE, "/sites", **own)["cookie"] == "cart=7"  # the owner's session
        for path in SHOWN:
            passed_on(found, WEBSITE, path)
        for path in KEPT_BACK:
            assert found.ask(WEBSITE, path).status_code == 404, path
        assert found.ask(BYLEAVE, "/metrics").status_code == 404
        assert "immutable" in found.ask(WEBSITE, "/c/t/0123456789abcdef.js").headers["cache-control"]


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_writes_no_visitors_address(name: str, tmp_path: Path) -> None:
    with proxy(name, tmp_path / "proxy", 1) as found:  # nobody listens on port 1: every request fails
        for path in ("/c/tag.js", "/c/you?secret=1"):
            assert found.ask(WEBSITE, path).status_code == 502
        found.ask(BYLEAVE, "/sites")
        too_long = found.ask(WEBSITE, "/c/events", method="POST", content=b"x" * 100_000)
        assert too_long.status_code in (413, 502)
    assert VISITOR not in found.written()
    assert "/c/" not in found.written()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A Byleave for all visits of this file: what takes longest is its start."""
    settings = {"rate_limit": "off", "trusted_proxies": "127.0.0.1", "base_url": f"https://{BYLEAVE}"}
    with byleave(tmp_path_factory.mktemp("house"), **settings) as found:
        found.run("site", "add", "example.com", *CONTROLLER, "--alias", WEBSITE, "--timezone", "UTC", "--k", "1")
        token = json.loads(found.run("token", "create", "example.com", "--json"))["token"]
        yield Product(found, found.start("serve"), f"https://{WEBSITE}", token)


@pytest.mark.parametrize("name", PROXIES)
def test_a_visit_on_the_websites_own_name(name: str, house: Product, playwright: Playwright, tmp_path: Path) -> None:
    visits = house.totals("example.com")["visits"] + 1
    with proxy(name, tmp_path / "proxy", house.server.port) as found:
        own = f"{house.website}:{found.port}"
        head = {"origin": own, "content_type": "text/plain"}
        long = found.ask(WEBSITE, "/c/events", method="POST", content=b"x" * 20_000, **head)
        assert (long.status_code, long.headers["content-type"]) == (413, "application/problem+json")
        flags = [f"--host-resolver-rules=MAP {WEBSITE} 127.0.0.1"]
        with chromium(playwright, tmp_path, flags=flags, ignore_https_errors=True) as context:
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(own)
            page.get_by_role("button", name="Yes to all", exact=True).click()
            house.until_totals(4.0, site="example.com", visits=visits, pageviews=visits, clicks=0)
            assert {url.partition("/c/")[0].rstrip("/") for url in asked} == {own}
            assert context.cookies() == []
