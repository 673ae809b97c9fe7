"""Every way to say no, in one closed list: each has its status, its stable slug and a sentence that says what to do."""

from enum import Enum
from typing import Any

import msgspec


class Refusal(Enum):
    """Why a request was not acted on: (status, slug, what to do)."""

    GPC = (204, "gpc", "The browser sends Global Privacy Control: nothing is collected.")
    DNT = (204, "dnt", "The browser sends Do Not Track: nothing is collected.")
    BOT = (204, "bot", "The sender is not a person's browser: nothing is collected.")
    METHOD = (405, "method-not-allowed", "Use the method named in Allow.")
    SIZE = (413, "body-too-large", "Send at most 16 KiB; split the batch.")
    TYPE = (415, "unsupported-content-type", "Send JSON as text/plain or application/json.")
    SLOW = (408, "body-too-slow", "The body did not arrive within 10 seconds; send it again.")
    MALFORMED = (400, "malformed", "Mend the field named.")
    PURPOSES = (
        400,
        "purposes",
        "Without the purpose measure there is no consent to record; refusing needs no request.",
    )
    ORIGIN = (
        403,
        "origin-not-allowed",
        "This origin is not one of the site's hostnames; add it as an alias of the site.",
    )
    DRAFT = (
        403,
        "notice-is-draft",
        "The site's notice names no controller or contact yet, so only local pages may ask; publish it first.",
    )
    TOKEN = (401, "bad-token", "This is not a token of this server and site; ask for consent again.")
    EXPIRED = (401, "token-expired", "The consent has expired; ask again.")
    API_TOKEN = (
        401,
        "bad-api-token",
        "Send a token of the site as `Authorization: Bearer …`: `byleave token create SITE --scope events` makes one.",
    )
    SCOPE = (403, "wrong-scope", "This token reads reports alone: make one with the scope 'events'.")
    VISITOR_GPC = (403, "visitor-gpc", "The visitor sends Global Privacy Control: nothing is collected; do not retry.")
    VISITOR_DNT = (403, "visitor-dnt", "The visitor sends Do Not Track: nothing is collected; do not retry.")
    ACCESS_KEY = (401, "bad-access-key", "This is not an access key of this server.")
    WITHDRAWN = (410, "consent-withdrawn", "The consent was withdrawn; collect nothing.")
    NOTICE = (409, "notice-changed", "The notice has changed in a way that needs a new yes; ask again.")
    NOT_FOUND = (404, "not-found", "Nothing is here; check the address.")
    RATE = (429, "too-many-requests", "Slow down, and try again after Retry-After seconds.")
    QUEUE_FULL = (503, "queue-full", "More arrives than can be stored; try again after Retry-After seconds.")
    UNAVAILABLE = (503, "storage-unavailable", "Nothing can be stored right now; try again after Retry-After seconds.")
    NO_OWNER = (
        503,
        "store-unavailable",
        "What is stored cannot be looked up right now; nothing is lost. Try again after Retry-After seconds.",
    )
    STALE = (503, "state-unavailable", "It is not known right now who withdrew; try again after Retry-After seconds.")
    CLOCK = (503, "clock-wrong", "The server's clock is behind its own tokens; its operator must set it right.")
    STOPPING = (503, "stopping", "The server is restarting; try again after Retry-After seconds.")

    def __init__(self, status: int, slug: str, detail: str) -> None:
        self.status = status
        self.slug = slug
        self.detail = detail


class Refused(Exception):
    """A request stops here; nothing was stored."""

    def __init__(
        self,
        refusal: Refusal,
        *,
        field: str | None = None,
        detail: str | None = None,
        retry_after: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(refusal.slug)
        self.refusal = refusal
        self.retry_after = retry_after
        self._problem: dict[str, Any] = {
            "type": refusal.slug,
            "title": refusal.slug.replace("-", " ").capitalize(),
            "status": refusal.status,
            "detail": detail or refusal.detail,
            **({"field": field} if field else {}),
            **more,
        }

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that belong to the answer."""
        if self.refusal.status == 204:
            return []
        headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
        if self.retry_after is not None:
            headers.append((b"retry-after", str(self.retry_after).encode()))
        return headers

    @property
    def body(self) -> bytes:
        """application/problem+json (RFC 9457); empty for a 204."""
        return b"" if self.refusal.status == 204 else msgspec.json.encode(self._problem)
