"""A policy that lets scripts run by nonce alone and demands Trusted Types: the parts run there all the same."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import Product

PAGE = """<!doctype html><html lang="en"><head><title>Strict</title>
<script nonce="r4nd0m" defer src="{collector}/c/tag.js" data-site="localhost"></script></head>
<body><main>Strict</main></body></html>"""
POLICY = "default-src 'none'; script-src 'nonce-r4nd0m'; connect-src {collector}; require-trusted-types-for 'script'"


@pytest.fixture
def strict(product: Product) -> Iterator[str]:
    """The address of a website with such a policy."""

    class Strict(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(collector=product.server.url).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(collector=product.server.url))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Strict) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_parts_run_by_the_tags_nonce_and_need_no_policy(
    playwright: Playwright, product: Product, strict: str, tmp_path: Path
) -> None:
    with chromium(playwright, tmp_path) as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
        page.goto(strict)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.get_by_role("button", name="Yes to all", exact=True).click()
        product.until_totals(4.0, visits=1, pageviews=1, clicks=0)
        assert [text for text in refused if "favicon" not in text] == []
