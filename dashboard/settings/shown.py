"""How settings pages answer: a page, the same page with an error, or back to it with a word that it is done."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth import Session
from dashboard.context import dashboard_of
from dashboard.dates import moment
from dashboard.render import page
from dashboard.texts import say

DONE = (
    *("password", "signed_out", "signed_out_all", "factor_off", "changed", "removed", "invited"),
    *("site_changed", "renamed", "notice", "token_revoked", "share_revoked"),
)


def settings_page(
    request: Request, template: str, session: Session, here: str, status: int = 200, /, **values: Any
) -> Response:
    """A settings page; `error` among the values is said first, and what was done when the address names it."""
    done = request.query_params.get("done", "")
    said = {"error": "", "done": say(f"done_{done}") if done in DONE else "", "here": here, "day": day}
    return page(request, template, session, status, **{**said, **values})


def back(path: str, done: str) -> Response:
    """To a page that says what was done; loaded again, it does nothing a second time."""
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def base_of(request: Request) -> str:
    """The address of this server for a link that is shown to who asks for it, and sent to nobody."""
    base = dashboard_of(request).settings.base_url.rstrip("/")
    return base or f"{request.url.scheme}://{request.url.netloc}"


def day(seconds: int) -> str:
    """A moment as the pages show it."""
    return say("in_utc", moment=moment(datetime.fromtimestamp(seconds, UTC)))
