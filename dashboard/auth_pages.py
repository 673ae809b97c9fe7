"""Signing in, signing out, and the first owner's welcome."""

import time

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.accounts import Account, AccountError, check_password
from collector.state.second_factor import CodeRefused, use
from dashboard.auth import SESSION_S, Session, close_session, find_session, open_session
from dashboard.auth_cookie import (
    forget_session,
    form_proof,
    form_secret,
    keep_form,
    keep_session,
    proves,
)
from dashboard.auth_form import own_form, proven_form
from dashboard.auth_guard import local_path
from dashboard.auth_invitation import Invitation, InvitationError, accept, find_invitation
from dashboard.auth_sender import sender_of
from dashboard.context import dashboard_of
from dashboard.render import page
from dashboard.texts import declined, say

log = structlog.get_logger("dashboard")


async def door(request: Request) -> Response:
    """`/sign-in`."""
    return await (sign_in if request.method == "POST" else show_sign_in)(request)


async def welcome_door(request: Request) -> Response:
    """`/welcome/<secret>`."""
    return await (welcome if request.method == "POST" else show_welcome)(request)


async def show_sign_in(request: Request) -> Response:
    """`GET /sign-in`: the form; straight on for who is signed in."""
    onward = local_path(request.query_params.get("next", "/"))
    if await find_session(dashboard_of(request).state, request) is not None:
        return RedirectResponse(onward, status_code=303)
    return _sign_in_form(request, onward)


async def sign_in(request: Request) -> Response:
    """`POST /sign-in`: open a session, or say that address and password do not match, and no more."""
    dashboard = dashboard_of(request)
    form = await own_form(request)
    onward, email = local_path(form.get("next", "/")), form.get("email", "")
    if not proves(form_proof(request), form.get("csrf", "")):
        return _sign_in_form(request, onward, email, say("form_stale"), 403)
    wait = dashboard.throttle.wait(email, sender_of(request))
    if wait:
        return _slowed(_sign_in_form(request, onward, email, say("sign_in_slow", wait=wait), 429), wait)
    who = await check_password(dashboard.state, email, form.get("password", ""))
    if who is None:
        return _sign_in_form(request, onward, email, say("sign_in_wrong"), 403)
    if who.second_factor:
        return _code_form(request, onward, dashboard.half.open(who, form_proof(request)))
    return await _let_in(request, who, onward)


async def sign_in_code(request: Request) -> Response:
    """`POST /sign-in/code`: the second step, for who has a second factor; no session is open before it."""
    dashboard = dashboard_of(request)
    form = await own_form(request)
    proof, ticket, onward = form_proof(request), form.get("ticket", ""), local_path(form.get("next", "/"))
    who = dashboard.half.find(ticket, proof) if proves(proof, form.get("csrf", "")) else None
    if who is None:
        return _sign_in_form(request, onward, "", say("form_stale"), 403)
    wait = dashboard.throttle.code_wait(who.id)
    if wait:
        return _slowed(_code_form(request, onward, ticket, say("sign_in_slow", wait=wait), 429), wait)
    try:
        async with dashboard.state.write(followed=False) as connection:
            await use(connection, who.id, form.get("code", ""), int(time.time()))
    except CodeRefused:
        return _code_form(request, onward, ticket, say("code_wrong"), 403)
    dashboard.half.close(ticket, proof)
    return await _let_in(request, who, onward)


async def sign_out(request: Request) -> Response:
    """`POST /sign-out`: the session opens nothing any more, here or in a copied cookie."""
    dashboard = dashboard_of(request)
    session = await find_session(dashboard.state, request)
    await (own_form(request) if session is None else proven_form(request, session))
    await close_session(dashboard.state, request)
    response = RedirectResponse("/sign-in", status_code=303)
    forget_session(request, response)
    return response


async def show_welcome(request: Request) -> Response:
    """`GET /welcome/<secret>`: the form; looking does not use the link up."""
    found = await find_invitation(dashboard_of(request).state, request.path_params["secret"])
    return _welcome_gone(request) if found is None else _welcome_form(request, found)


async def welcome(request: Request) -> Response:
    """`POST /welcome/<secret>`: create the account and sign in."""
    form = await own_form(request)
    email, secret, state = form.get("email", ""), request.path_params["secret"], dashboard_of(request).state
    found = await find_invitation(state, secret)
    if found is None:
        return _welcome_gone(request)
    if not proves(form_proof(request), form.get("csrf", "")):
        return _welcome_form(request, found, email, say("form_stale"), 403)
    try:
        who = await accept(state, secret, email, form.get("password", ""))
    except InvitationError:
        return _welcome_gone(request)
    except AccountError as error:
        return _welcome_form(request, found, email, declined(error), 400)
    log.info("account created")
    return await _let_in(request, who, "/")


async def _let_in(request: Request, who: Account, onward: str) -> Response:
    """A new session each time: one that was planted in the browser before is closed, never raised."""
    state = dashboard_of(request).state
    await close_session(state, request)
    response = RedirectResponse(onward, status_code=303)
    keep_session(request, response, await open_session(state, request, who), SESSION_S)
    return response


def _sign_in_form(request: Request, onward: str, email: str = "", error: str = "", status: int = 200) -> Response:
    return _form(request, "sign_in.html", status, onward=onward, email=email, error=error)


def _code_form(request: Request, onward: str, ticket: str, error: str = "", status: int = 200) -> Response:
    return _form(request, "sign_in_code.html", status, onward=onward, ticket=ticket, error=error)


def _slowed(response: Response, wait: int) -> Response:
    response.headers["Retry-After"] = str(wait)
    return response


def _welcome_form(request: Request, found: Invitation, email: str = "", error: str = "", status: int = 200) -> Response:
    return _form(request, "welcome.html", status, email=email, error=error, invited=found.email)


def _form(request: Request, template: str, status: int, **values: str) -> Response:
    secret = form_secret(request)
    response = page(request, template, None, status, csrf=secret, **values)
    keep_form(request, response, secret)
    return response


def _welcome_gone(request: Request) -> Response:
    gone: Session | None = None
    values = {"title": say("welcome_gone"), "text": say("welcome_gone_do"), "link": "/sign-in", "label": say("sign_in")}
    return page(request, "message.html", gone, 410, **values)
