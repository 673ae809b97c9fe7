"""The password of a share link: asked for once, then a cookie says for some hours that this browser knows it."""

import hashlib
import hmac
import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.accounts import verify_password
from collector.state.shares import Share
from dashboard.auth_cookie import form_proof, form_secret, keep_form, keep_share, proves, share_proof
from dashboard.auth_form import own_form
from dashboard.auth_sender import sender_of
from dashboard.context import dashboard_of
from dashboard.render import page
from dashboard.texts import say

OPEN_S = 12 * 3600


def is_open(request: Request, share: Share) -> bool:
    """Whether this browser may see what the link leads to."""
    if share.password is None:
        return True
    until, _, _ = share_proof(request, share.id).partition(".")
    alive = until.isascii() and until.isdigit() and len(until) < 15 and int(until) > time.time()
    return alive and proves(_proof(request, share, until), share_proof(request, share.id))


def ask(request: Request, share: Share, status: int = 200, error: str = "") -> Response:
    """The form that asks for the password; it does not say of which site."""
    secret = form_secret(request)
    response = page(request, "share_door.html", None, status, csrf=secret, error=error, action=request.url.path)
    keep_form(request, response, secret)
    return response


async def answer(request: Request, share: Share) -> Response:
    """The form came back: to the page, or asked again."""
    dashboard, form = dashboard_of(request), await own_form(request)
    if not proves(form_proof(request), form.get("csrf", "")):
        return ask(request, share, 403, say("form_stale"))
    wait = dashboard.throttle.wait(f"share {share.id}", sender_of(request))
    if wait:
        slowed = ask(request, share, 429, say("sign_in_slow", wait=str(wait)))
        slowed.headers["Retry-After"] = str(wait)
        return slowed
    if not await verify_password(share.password or "", form.get("password", "")):
        return ask(request, share, 400, say("share_wrong"))
    response = RedirectResponse(request.url.path, status_code=303)
    until = str(int(time.time()) + OPEN_S)
    keep_share(request, response, share.id, _proof(request, share, until), OPEN_S)
    return response


def _proof(request: Request, share: Share, until: str) -> str:
    """Bound to the link, its password and its end, under a key that this process forgets when it stops."""
    bound = f"{share.id} {share.password} {until}".encode()
    return f"{until}.{hmac.new(dashboard_of(request).share_key, bound, hashlib.sha256).hexdigest()}"
