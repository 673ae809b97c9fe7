"""Pages from templates; every value that a template prints is escaped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard.auth import Session
from dashboard.auth_access import Need, may, readable
from dashboard.context import dashboard_of
from dashboard.dates import full_day
from dashboard.language import LANGUAGES, language
from dashboard.language_choice import way_back
from dashboard.pages.figures import shown
from dashboard.texts import say

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.globals |= {"t": say, "shown": shown, "full_day": full_day, "language": language, "languages": LANGUAGES}
_environment.filters["path"] = lambda text: quote(text, safe="")


def preload() -> None:
    """Compile every template now: a request then never reads one from disk, nor finds it broken."""
    for name in _environment.list_templates():
        _environment.get_template(name)


def administers(session: Session | None) -> Callable[[str], bool]:
    """Whether whoever looks may change a site's settings."""
    return lambda site: session is not None and may(session, Need.ADMINISTER, site)


def page(request: Request, template: str, session: Session | None, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page as HTML; `values` are what the template names."""
    dashboard = dashboard_of(request)
    shared: dict[str, Any] = {
        "session": session,
        "asset": dashboard.assets.url,
        "done": "",
        "way_back": way_back(request) if status < 500 else "/",
        "administers": administers(session),
        "shows_visits": dashboard.shows_visits,
        "sites": readable(session, dashboard.sites) if session else [],
    }
    html = _environment.get_template(template).render({**shared, **values})
    return HTMLResponse(html, status_code=status)
