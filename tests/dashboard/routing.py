"""Every address of the app, filled in: for tests of what each of them must keep, whoever adds one."""

import re
from functools import cache
from typing import Any, cast

from collector.settings import Settings
from dashboard.app import create_app
from tests.dashboard.believable import SITE

API = "/api/v1"
FILLED = {"site": SITE, "tab": "pages", "name": "dashboard.css"}


@cache
def every_route() -> tuple[tuple[str, str], ...]:
    """Method and path of every route, from the app itself; HEAD goes with GET."""
    nothing: Any = None
    app = cast(Any, create_app(Settings(), nothing, nothing, nothing))
    return tuple(sorted(_walked(app._app.routes)))


def _walked(routes: Any, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for route in routes:
        path = prefix + route.path
        methods = sorted(set(getattr(route, "methods", None) or ()) - {"HEAD"})
        found += [(method, path) for method in methods] if methods else _walked(route.routes, path)
    return found


def filled(path: str, **given: str) -> str:
    """A path with its parts filled in: as given, else as known, else with something that names nothing."""
    return re.sub(r"{(\w+)(?::\w+)?}", lambda part: {**FILLED, **given}.get(part[1], "nothing"), path)


def pages() -> list[str]:
    """The path of every page."""
    return [path for method, path in every_route() if method == "GET" and not path.startswith(API)]


def changes() -> list[str]:
    """The path of every form that changes something."""
    return [path for method, path in every_route() if method != "GET" and not path.startswith(API)]


every_route()  # at import: it reads files, which no event loop must wait for
