"""A website of a test's own: a few pages, each with its headers, on a loopback origin."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Page(NamedTuple):
    """What goes into the head of a page, and the policy it is sent under."""

    head: str
    policy: str = ""

    @property
    def html(self) -> bytes:
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
            f"<title>Own</title>{self.head}</head><body><main>Own</main></body></html>"
        ).encode()


@contextmanager
def website(pages: Mapping[str, Page], host: str = "localhost") -> Iterator[str]:
    """The address of a website, without a slash at its end."""

    class Own(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if page and page.policy:
                self.send_header("Content-Security-Policy", page.policy)
            self.end_headers()
            self.wfile.write(page.html if page else b"")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
