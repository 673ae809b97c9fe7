"""GET /c/you: the page on which visitors see, take away and erase what was noted about them.

It is the same for everybody who asks in the same language for the same site: the access key stays in the browser, in
the part of the address that is sent to nobody. The script reads it there and asks POST /c/me.
"""

import hashlib
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import Response

from collector.consent import texts
from collector.context import Context
from collector.routes.public import IMMUTABLE, choose_language
from collector.state.site import Notice

# Each language in its own words.
NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands"}
STYLE = {
    "cache-control": IMMUTABLE,
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
PAGE = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "vary": "Accept-Language",
}
_pages = Environment(
    loader=PackageLoader("collector"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
# Read at import: the event loop must not wait for a file.
_PAGE = _pages.get_template("you.html")
_STYLE = "".join(_pages.get_template(name).render() for name in ("visitor.css", "you.css")).encode()
_STYLE_HASH = hashlib.sha256(_STYLE).hexdigest()[:12]


class You:
    """The page and its style."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def page(self, request: Request) -> Response:
        """The page, in the language of `lang`, else of the browser; `site` says whose contact it names."""
        asked = request.query_params
        language = choose_language(
            request.headers.get("accept-language", ""), asked.get("lang", ""), list(texts.languages())
        )
        words = texts.page_words(language)
        notice = self._notice(asked.get("site", ""))
        html = _PAGE.render(
            words=words, data=msgspec.json.encode(words).decode(), language=language, names=NAMES, notice=notice,
            contact=notice.body["contact"] if notice else "", asked=asked.get("site", "") if notice else "",
            site=notice.site if notice else "", prefix=self._context.settings.prefix, style=_STYLE_HASH,
            script=self._context.statics.you.sha256[:16],
        )  # fmt: skip
        return Response(html, headers=PAGE, media_type="text/html")

    async def style(self, _request: Request) -> Response:
        """The style of the page, under an address that changes with it."""
        return Response(_STYLE, headers=STYLE, media_type="text/css")

    def _notice(self, host: str) -> Notice | None:
        """The notice in force of the site asked for, or of the only one there is."""
        follower = self._context.follower
        site = follower.site_of(host.lower()) if host else None
        if site is not None:
            return follower.current.get(site.name)
        only: list[Any] = list(follower.current.values())
        return only[0] if len(only) == 1 and not host else None
