"""One file over HTTP, into a file of ours: by the standard library, since it is one request a month, made by a command
that has nothing else to do meanwhile; a client library would be one more dependency to keep up to date."""

import base64
import hashlib
import http.client
import ssl
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

Progress = Callable[[int, int | None], None]
"""Told the bytes so far and, where the server says so, of how many."""

TIMEOUT = 30.0  # seconds in which the server must connect, and then send something
_CHUNK = 1 << 16
MOST_BYTES = 1 << 30  # the largest city database is a fifth of it, unpacked
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class GeoError(Exception):
    """The city database was not updated; the message is a sentence or two that say why and what to do."""


class Missing(GeoError):
    """The server has no such file."""


class _NoDowngrade(HTTPRedirectHandler):
    """Follows redirects to http and https alone, and from https to nothing less."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in ("https", req.type):
            fp.close()
            raise GeoError(f"{req.host} redirects to an address of {scheme or 'no scheme'}: refused. Try again later.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def checked_address(url: str, key: str = "") -> None:
    """Raises GeoError for an address that is not asked, or not with a key."""
    try:
        parts = urlsplit(url)
        named = (parts.hostname or "").encode("idna")  # as it is looked up
    except ValueError:
        named = b""
    if not named or parts.scheme not in ("http", "https"):
        raise GeoError(f"BYLEAVE_GEO_URL is not an address: give it like https://mirror.example.com/, not '{url}'.")
    if key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise GeoError("BYLEAVE_GEO_KEY is sent over https alone: change BYLEAVE_GEO_URL to https.")


def fetch(url: str, to: Path, key: str = "", progress: Progress | None = None) -> str:
    """Write what `url` answers to the file `to`; its SHA-256 in hex.

    `key` is `user:password`, sent as basic authentication to the first host alone, never to where that redirects.
    Raises Missing, GeoError, or the OSError of a disk that refuses.
    """
    checked_address(url, key)
    host = urlsplit(url).hostname
    try:
        with _opener().open(_request(url, key), timeout=TIMEOUT) as answer:  # a scheme that is no http was refused
            return _saved(answer, to, progress)
    except HTTPError as error:
        error.close()
        raise _refused(error.code, url) from None
    except URLError as error:
        raise GeoError(f"Cannot reach {host} ({_reason(error)}). Look at the network, then try again.") from None
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise GeoError(f"{host} broke off ({type(error).__name__}). Try again.") from None


def _opener() -> OpenerDirector:
    return build_opener(_NoDowngrade)


def _request(url: str, key: str) -> Request:
    request = Request(url, headers={"User-Agent": "byleave", "Accept": "*/*"})  # noqa: S310  # scheme checked by the caller
    if key:
        # A redirect leads to another company's storage, which must not see the key.
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(key.encode()).decode()}")
    return request


def _saved(answer: Any, to: Path, progress: Progress | None) -> str:
    total = _length(answer.headers)
    digest, done = hashlib.sha256(), 0
    with to.open("wb") as file:
        while chunk := answer.read(_CHUNK):
            done += len(chunk)
            if done > MOST_BYTES:
                raise GeoError(
                    f"The answer is larger than {MOST_BYTES >> 20} MiB: no city database. Check the address."
                )
            file.write(chunk)
            digest.update(chunk)
            if progress:
                progress(done, total)
    if total is not None and done != total:
        raise GeoError(f"The file came incomplete: {done:,} of {total:,} bytes. Try again.")
    return digest.hexdigest()


def _length(headers: Message) -> int | None:
    told = headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() else None


def _refused(status: int, url: str) -> GeoError:
    host = urlsplit(url).hostname
    if status in (404, 410):
        return Missing(f"{host} has no such file ({status}): {url.partition('?')[0]}. Check BYLEAVE_GEO_URL.")
    if status in (401, 403):
        return GeoError(
            f"{host} refuses ({status}). Check BYLEAVE_GEO_KEY: the account's number, a colon, the licence key."
        )
    if status == 429:
        return GeoError(f"{host} says that it was asked too often today (429). Try again tomorrow.")
    return GeoError(f"{host} answered {status}. Try again later.")


def _reason(error: URLError) -> str:
    reason = error.reason
    return reason.strerror or type(reason).__name__ if isinstance(reason, OSError) else str(reason)
