"""What is said while the event store or the state is busy or out of reach: try again, and nothing typed is lost."""

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api_problem import ApiProblem, problem_response
from dashboard.auth_form import own_form
from dashboard.auth_guard import local_path
from dashboard.bodies import BodyRefused
from dashboard.language_choice import way_back
from dashboard.patience import TooLong
from dashboard.render import page
from dashboard.texts import say

RETRY_S = 10
ASKED_AGAIN = {"password": "password", "old": "password_now", "new": "password_new", "code": "code"}
"""The fields that no page repeats, and the texts of their labels."""

log = structlog.get_logger("dashboard")


async def unavailable(request: Request, error: Exception) -> Response:
    """503: a page that sends the same form again, or problem details."""
    # The kind alone: an engine's words may quote what somebody sent.
    log.error("data out of reach", error=type(error).__name__, told="if it stays, run byleave doctor")
    given_up = isinstance(error, TooLong)
    what, do = ("too_long", "too_long_do") if given_up else ("unavailable", "unavailable_do")
    if request.url.path.startswith("/api/"):
        response = problem_response(ApiProblem(503, "service-unavailable", say(do)))
    else:
        sent = await _sent(request)
        asked = [(name, say(label)) for name, label in ASKED_AGAIN.items() if name in sent]
        kept = {name: value for name, value in sent.items() if name not in ASKED_AGAIN}
        again = local_path(request.url.path if sent else way_back(request))
        response = page(request, "unavailable.html", None, 503, what=what, do=do, again=again, sent=kept, asked=asked)
    response.headers["Retry-After"] = str(RETRY_S)
    return response


async def _sent(request: Request) -> dict[str, str]:
    """The form that one of these pages sent; nothing for any other."""
    if request.method != "POST":
        return {}
    try:
        return await own_form(request)
    except (HTTPException, BodyRefused):
        return {}
