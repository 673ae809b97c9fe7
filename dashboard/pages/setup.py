"""How a site begins to count: its line of code, and what is missing before anybody can be asked."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from collector.state.site import Site
from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.pages.shell import site_of
from dashboard.render import page
from dashboard.settings.shown import base_of


def setup_values(request: Request, site: Site) -> dict[str, Any]:
    """What the set-up page says of a site; the empty overview says it too."""
    dashboard = dashboard_of(request)
    notice = dashboard.follower.current.get(site.name)
    return {
        "snippet": snippet(request, site),
        "hosts": ", ".join((site.name, *site.aliases)),
        "draft": notice is not None and notice.draft,
        "unpublished": notice is None,
    }


def snippet(request: Request, site: Site) -> str:
    """The one line a site embeds."""
    settings = dashboard_of(request).settings
    return f'<script defer src="{base_of(request)}{settings.prefix}/tag.js" data-site="{site.name}"></script>'


async def setup(request: Request, session: Session) -> Response:
    """`GET /sites/<site>/setup`."""
    site = site_of(request)
    return page(request, "setup.html", session, 200, site=site, **setup_values(request, site))
