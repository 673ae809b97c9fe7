"""Queries as the framework can read them."""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class PlainQuery:
    """Writes bytes that no URL may hold (RFC 3986, section 2) as browsers do, `%e9`.

    Starlette reads the query as UTF-8 where it builds a URL, and stumbles over any other: before the answer to a crash.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a query of ASCII alone; what tells of a crash outside of this reads it too."""
        if scope["type"] == "http" and not scope["query_string"].isascii():
            scope["query_string"] = _BEYOND_ASCII.sub(lambda found: b"%%%02x" % found[0][0], scope["query_string"])
        await self._app(scope, receive, send)
