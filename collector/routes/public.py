"""What anybody may fetch: the tag and its parts, a site's texts, notices, and the well-known files."""

import hashlib
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import Response

from collector import asks, installation
from collector.consent.record import iso
from collector.context import Context
from collector.installation import SIGNAL_HEADERS, Caller, signalled
from collector.refusal import Refusal, Refused
from collector.state.site import Notice
from collector.statics import Script

TAG_CACHE = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
GPC_STATED = "2026-11-22"  # when the support of Global Privacy Control was last reviewed
OPEN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
PAGE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "referrer-policy": "no-referrer",
}
_pages = Environment(
    loader=PackageLoader("collector"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    auto_reload=False,
)
# Read at import: the event loop must not wait for a file.
_NOTICE, _STYLE = _pages.get_template("notice.html"), _pages.get_template("visitor.css").render()


class Public:
    """The GET routes of one collector process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked: dict[str, bytes] = {}

    async def tag(self, request: Request) -> Response:
        """The tag, revalidated after five minutes."""
        installation.tag_fetched(self._context, _caller(request))
        return _script(request, self._context.statics.tag, TAG_CACHE)

    async def build(self, request: Request) -> Response:
        """One build by its hash, for ever the same bytes."""
        script = self._context.statics.by_prefix(request.path_params["prefix"])
        if script is None:
            raise Refused(
                Refusal.NOT_FOUND, detail="No such build is served any more; take the address from /c/tag.js."
            )
        return _script(request, script, IMMUTABLE)

    async def site(self, request: Request) -> Response:
        """What an ask needs. Counted: one integer per site and hour."""
        context = self._context
        host = request.path_params["site"].lower()
        site = context.follower.site_of(host)
        if site is None:
            await context.learn()
            site = context.follower.site_of(host)
        notice = context.follower.current.get(site.name) if site else None
        installation.asked(context, _caller(request), host, site)
        if site is None or notice is None:
            raise Refused(
                Refusal.NOT_FOUND,
                detail="This site is not known here. Its data-site must be a hostname added with: byleave site add",
            )
        if request.method == "GET":
            asks.count(context, site.name, "asks")  # before the 304 too: whoever revalidates is about to ask
        body = self._ask(notice)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**OPEN, "cache-control": "no-cache", "etag": etag}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    async def notice(self, request: Request) -> Response:
        """A notice as JSON (the bytes its id is the SHA-256 of) or as a page."""
        notice = self._context.follower.notices.get(request.path_params["id"])
        if notice is None:
            await self._context.learn()
            notice = self._context.follower.notices.get(request.path_params["id"])
        if notice is None:
            raise Refused(Refusal.NOT_FOUND, detail="No notice has this id.")
        headers = {**OPEN, "vary": "Accept, Accept-Language", "cache-control": IMMUTABLE}
        if not prefers_page(request.headers.get("accept", "")):
            body = msgspec.json.encode(notice.body, order="sorted")
            return Response(body, headers=headers, media_type="application/json")
        return Response(self._page(request, notice), headers={**headers, **PAGE}, media_type="text/html")

    async def style(self, _request: Request) -> Response:
        """The style of the visitor's pages."""
        return Response(_STYLE, headers={**OPEN, "cache-control": TAG_CACHE}, media_type="text/css")

    async def gpc(self, _request: Request) -> Response:
        """Support of Global Privacy Control (https://w3c.github.io/gpc/#gpc-support-resource)."""
        body = msgspec.json.encode({"gpc": True, "lastUpdate": GPC_STATED})
        return Response(body, headers={**OPEN, "cache-control": "public, max-age=3600"}, media_type="application/json")

    async def keys(self, _request: Request) -> Response:
        """The public keys that verify receipts (RFC 7517)."""
        body = msgspec.json.encode({"keys": self._context.tokens.keys.public})
        return Response(body, headers={**OPEN, "cache-control": "no-cache"}, media_type="application/jwk-set+json")

    def _ask(self, notice: Notice) -> bytes:
        if notice.id not in self._asked:
            body = ask_body(notice, self._context.settings.prefix, self._context.follower.answered_since(notice.site))
            self._asked = {notice.id: body} | {
                id_: body for id_, body in self._asked.items() if id_ in _current_ids(self._context)
            }
        return self._asked[notice.id]

    def _page(self, request: Request, notice: Notice) -> str:
        texts = notice.body["texts"]
        language = choose_language(
            request.headers.get("accept-language", ""), request.query_params.get("lang", ""), list(texts)
        )
        return _NOTICE.render(
            notice=notice, language=language, sections=texts[language]["sections"], languages=list(texts),
            prefix=self._context.settings.prefix,
        )  # fmt: skip


def ask_body(notice: Notice, prefix: str, since: int) -> bytes:
    """The JSON of GET /c/site/<site>.json; a yes given elsewhere before `since` (Unix seconds) did not answer it."""
    body = notice.body
    return msgspec.json.encode(
        {
            "site": notice.site,
            "notice": notice.id,
            "draft": notice.draft,
            "controller": body["controller"],
            "purposes": body["purposes"],
            "retention_months": body["retention_months"],
            "since": iso(since),
            "token_days": 180,
            "query_keep": body["query_keep"],
            "notice_url": f"{prefix}/notice/{notice.id}",
            "texts": {language: text["ask"] for language, text in body["texts"].items()},
        }
    )


def prefers_page(accept: str) -> bool:
    """Whether an Accept header weighs HTML above JSON (RFC 9110, section 12.5.1); JSON where it says neither."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, _, parameters = part.partition(";")
        quality = parameters.partition("q=")[2].partition(";")[0].strip()
        try:
            weights[kind.strip()] = float(quality or 1)
        except ValueError:
            weights[kind.strip()] = 0
    anything = weights.get("*/*", 0)
    page = weights.get("text/html", weights.get("text/*", anything))
    return page > weights.get("application/json", weights.get("application/*", anything))


def choose_language(accept: str, wanted: str, offered: list[str]) -> str:
    """The language asked for, else the first of Accept-Language that is offered, else English or the first."""
    preferred = [wanted, *(part.partition(";")[0].strip() for part in accept.split(","))]
    for tag in preferred:
        language = tag.lower().partition("-")[0]
        if language in offered:
            return language
    return "en" if "en" in offered else offered[0]


def _caller(request: Request) -> Caller:
    headers = request.headers
    return Caller(
        origin=headers.get("origin", "").encode("latin-1"),
        forwarded=",".join(headers.getlist("x-forwarded-for")).encode("latin-1"),
        peer=request.client.host if request.client else "",
        signals=any(signalled(headers.getlist(name)) for name in SIGNAL_HEADERS),
    )


def _current_ids(context: Context) -> set[str]:
    return {notice.id for notice in context.follower.current.values()}


def _script(request: Request, script: Script, cache: str) -> Response:
    etag = f'"{script.sha256[:32]}"'
    headers: dict[str, Any] = {**OPEN, "cache-control": cache, "etag": etag, "vary": "Accept-Encoding"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body, coding = script.accepted(request.headers.get("accept-encoding", ""))
    if coding:
        headers["content-encoding"] = coding
    return Response(body, headers=headers, media_type="text/javascript")
