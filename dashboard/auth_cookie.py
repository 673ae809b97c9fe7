"""The cookies of the dashboard, and the proof that a form was sent from its own pages.

`__Host-byleave` holds the session, `__Host-byleave-form` ties the forms shown before sign-in to the browser that asked
for them, `__Host-byleave-language` is the language that this browser chose, and `__Host-byleave-share-…` says that it
knows a share link's password. The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section
4.1.3.2).
"""

import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from collector.state.site import is_loopback_host

SESSION = "byleave"
FORM = "byleave-form"
LANGUAGE = "byleave-language"
LANGUAGE_S = 400 * 86_400  # as long as browsers keep a cookie (RFC 6265bis, section 5.5)
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "via")


def session_secret(request: Request) -> str:
    """The session's secret, or an empty text."""
    return request.cookies.get(_name(request, SESSION), "")


def keep_session(request: Request, response: Response, secret: str, seconds: int) -> None:
    """Hand the browser its session."""
    _set(request, response, SESSION, secret, seconds)


def forget_session(request: Request, response: Response) -> None:
    """Take the session back from the browser."""
    _set(request, response, SESSION, "", 0)


def form_secret(request: Request) -> str:
    """What this browser's forms carry before sign-in: its cookie's value, or a new one to be kept with `keep_form`."""
    return request.cookies.get(_name(request, FORM), "") or secrets.token_urlsafe(32)


def keep_form(request: Request, response: Response, secret: str) -> None:
    """Hand the browser the other half of a form's proof, for as long as it stays open."""
    _set(request, response, FORM, secret, None)


def form_proof(request: Request) -> str:
    """The proof that a form sent by this browser before sign-in must carry; empty when it holds none."""
    return request.cookies.get(_name(request, FORM), "")


def language_kept(request: Request) -> str:
    """The code of the language that this browser chose, as it sent it; empty when it chose none."""
    return request.cookies.get(_name(request, LANGUAGE), "")


def keep_language(request: Request, response: Response, code: str) -> None:
    """Let the browser remember its language; without a code, forget it."""
    _set(request, response, LANGUAGE, code, LANGUAGE_S if code else 0)


def keep_share(request: Request, response: Response, share: str, proof: str, seconds: int) -> None:
    """Hand the browser the proof that it knows the password of a share link."""
    _set(request, response, f"byleave-share-{share}", proof, seconds)


def share_proof(request: Request, share: str) -> str:
    """What this browser holds of a share link's password, or an empty text."""
    return request.cookies.get(_name(request, f"byleave-share-{share}"), "")


def proves(expected: str, given: str) -> bool:
    """Whether a form's or header's proof is the expected one."""
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


def same_origin(request: Request, base_url: str) -> bool:
    """Whether a browser says that its own page of this server sent the request.

    Sec-Fetch-Site decides where it is sent (Fetch Metadata); elsewhere Origin must be this server. A request that names
    neither says nothing: see `says_nothing`.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Compared as it was written: what parses an origin that is none raises.
    scheme, _, host = request.headers.get("origin", "").partition("://")
    hosts = {request.headers.get("host", ""), urlsplit(base_url).netloc} - {""}
    return scheme in ("http", "https") and host in hosts


def says_nothing(request: Request) -> bool:
    """Whether a request names neither Sec-Fetch-Site nor Origin.

    A browser sends one of them with every POST from another site (Fetch, section 3.2), so such a POST is a script's or
    a proxy took them away: the form's or the header's own proof then decides.
    """
    return "sec-fetch-site" not in request.headers and "origin" not in request.headers


def plain_loopback(request: Request) -> bool:
    """Whether browser and server share this machine without TLS, where some browsers drop a Secure cookie.

    A request that came through a proxy never counts, whatever host it names.
    """
    peer = request.client.host if request.client else ""
    proxied = any(name in request.headers for name in FORWARDED)
    return request.url.scheme == "http" and not proxied and is_loopback_host(peer) and _loopback_name(request)


def _loopback_name(request: Request) -> bool:
    return is_loopback_host(request.url.hostname or "")


def _name(request: Request, cookie: str) -> str:
    return cookie if plain_loopback(request) else f"__Host-{cookie}"


def _set(request: Request, response: Response, cookie: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _name(request, cookie),
        value,
        max_age=seconds,
        path="/",
        secure=not plain_loopback(request),
        httponly=True,
        samesite="lax",
    )
