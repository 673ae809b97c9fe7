"""A browser as a test of whole processes needs it: each request over a connection of its own, to whichever worker."""

import contextlib
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.wire import CHROME, ORIGIN, beacon, random16, yes


class Answered(Exception):
    """The server refused; `status`, `headers` and the problem's `body` say how."""

    def __init__(self, status: int, headers: Any, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.headers, self.body = status, headers, body


class Person:
    """Says yes as soon as it is there."""

    def __init__(self, url: str, **changes: Any) -> None:
        self.url = url
        self.visit = random16()
        self.held: dict[str, str] = self.post("/c/consent", yes(**changes))

    def post(self, path: str, body: Any) -> Any:
        """The answer's JSON, or None where there is none. Raises Answered."""
        return self._send(Request(self.url + path, json.dumps(body).encode()))

    def get(self, path: str) -> Any:
        """The answer's JSON. Raises Answered."""
        return self._send(Request(self.url + path))

    def read(self, *paths: str, first: int = 0) -> None:
        """View pages, in one batch that is acknowledged."""
        events = [{"k": "pageview", "p": path, "r": "", "a": 0} for path in paths]
        self.post("/c/events", beacon(self.held["token"], *events, v=self.visit, i=first))

    def me(self) -> Any:
        """What is stored of them."""
        return self.post("/c/me", {"access_key": self.held["access_key"]})

    def erase(self, *, go_on: bool) -> str:
        """Be erased; the job."""
        job: str = self.post("/c/me/erase", {"access_key": self.held["access_key"], "go_on": go_on})["job"]
        return job

    def withdraw(self) -> None:
        """Take the yes back."""
        self.post("/c/withdraw", {"t": self.held["token"]})

    def _send(self, request: Request) -> Any:
        for name, value in {"origin": ORIGIN, "content-type": "text/plain", "user-agent": CHROME}.items():
            request.add_header(name, value)
        try:
            with urlopen(request, timeout=15) as answer:
                content = answer.read()
        except HTTPError as error:
            with contextlib.closing(error):
                raise Answered(error.code, error.headers, json.loads(error.read() or b"{}")) from None
        return json.loads(content) if content else None
