"""Request bodies, read within bounds."""

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 64 * 1024
MOST_FIELDS = 32
MOST_SECONDS = 10  # a body this small that takes longer is a connection held open on purpose


class BodyRefused(Exception):
    """A body that is too large (413), of another type (415), too slow (408) or no form (400)."""

    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail


async def read_body(request: Request, content_type: str) -> bytes:
    """The whole body, if it is of this type and at most MOST_BYTES. Raises BodyRefused."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != content_type:
        raise BodyRefused(415, "unsupported-content-type", f"Send the body as {content_type}.")
    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise BodyRefused(413, "body-too-large", f"Send at most {MOST_BYTES // 1024} KiB.")
    except (TimeoutError, ClientDisconnect):
        raise BodyRefused(408, "body-too-slow", f"Send the whole body within {MOST_SECONDS} seconds.") from None
    return bytes(body)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, read once; of a name sent twice the last. Raises BodyRefused."""
    if hasattr(request.state, "form"):
        read: dict[str, str] = request.state.form
        return read
    body = await read_body(request, "application/x-www-form-urlencoded")
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise BodyRefused(400, "malformed", "Send a form of at most 32 fields, in UTF-8.") from None
    request.state.form = form
    return form
