"""One's own account: password, where one is signed in, and the second factor."""

import io
import time
from urllib.parse import urlsplit

import segno
from starlette.requests import Request
from starlette.responses import Response

from collector.state import accounts, second_factor, sessions
from collector.state.accounts import AccountError, check_password
from collector.state.audit import note
from dashboard.auth import Session
from dashboard.auth_sender import sender_of
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.settings.shown import back, settings_page
from dashboard.texts import declined, say


async def account(request: Request, session: Session) -> Response:
    """`GET /account`."""
    return await _account(request, session)


async def password(request: Request, session: Session) -> Response:
    """`POST /account/password`: a new one for the old one; every other browser is signed out."""
    form, state = await read_form(request), dashboard_of(request).state
    refused = await _refusal(request, session, form.get("old", ""))
    if refused:
        return await _account(request, session, refused)
    try:
        async with state.write(followed=False) as connection:
            await accounts.set_password(connection, session.email, form.get("new", ""), but=session.id)
            await note(connection, int(time.time()), session.email, "password changed", account=session.email)
    except AccountError as error:
        return await _account(request, session, declined(error))
    return back("/account", "password")


async def end_sign_ins(request: Request, session: Session) -> Response:
    """`POST /account/sign-ins/end`: of one browser, or of all but this."""
    form, state = await read_form(request), dashboard_of(request).state
    async with state.write(followed=False) as connection:
        if form.get("id"):
            await sessions.end_sign_ins(connection, session.account, only=form["id"])
            return back("/account", "signed_out")
        await sessions.end_sign_ins(connection, session.account, but=session.id)
        await note(connection, int(time.time()), session.email, "signed out everywhere", account=session.email)
    return back("/account", "signed_out_all")


async def second_factor_page(request: Request, session: Session) -> Response:
    """`/account/second-factor`: the picture for the app, then its first code and the password turn it on."""
    if request.method == "GET":
        return _enrolment(request, session, second_factor.new_secret())
    form, now = await read_form(request), int(time.time())
    secret = form.get("secret", "")
    refused = await _refusal(request, session, form.get("password", ""))
    if refused:
        return _enrolment(request, session, secret, refused)
    try:
        async with dashboard_of(request).state.write(followed=False) as connection:
            codes = await second_factor.turn_on(connection, session.account, secret, form.get("code", ""), now)
            await note(connection, now, session.email, "second factor on", account=session.email)
    except second_factor.CodeRefused:
        return _enrolment(request, session, secret, say("code_wrong"))
    return settings_page(request, "recovery_codes.html", session, "account", codes=codes)


async def second_factor_off(request: Request, session: Session) -> Response:
    """`POST /account/second-factor/off`: the password alone opens the account again."""
    form, now = await read_form(request), int(time.time())
    refused = await _refusal(request, session, form.get("password", ""))
    if refused:
        return await _account(request, session, refused)
    async with dashboard_of(request).state.write(followed=False) as connection:
        await second_factor.turn_off(connection, session.account)
        await note(connection, now, session.email, "second factor off", account=session.email)
    return back("/account", "factor_off")


async def recovery_codes(request: Request, session: Session) -> Response:
    """`POST /account/recovery-codes`: ten new ones; those of before do not work any more."""
    form, now = await read_form(request), int(time.time())
    refused = await _refusal(request, session, form.get("password", ""))
    async with dashboard_of(request).state.write(followed=False) as connection:
        found = await accounts.find_account(connection, session.email)
        codes = []
        if not refused and found.second_factor:
            codes = await second_factor.renew_codes(connection, session.account)
            await note(connection, now, session.email, "recovery codes made", account=session.email)
    if not codes:
        return await _account(request, session, refused or say("factor_is_off"))
    return settings_page(request, "recovery_codes.html", session, "account", codes=codes)


async def _account(request: Request, session: Session, error: str = "") -> Response:
    now = int(time.time())
    async with dashboard_of(request).state.read() as connection:
        found = await accounts.find_account(connection, session.email)
        values = {
            "email": session.email,
            "standing": found,
            "sign_ins": await sessions.sign_ins(connection, session.account, now),
            "codes_left": await second_factor.codes_left(connection, session.account),
        }
    return settings_page(request, "account.html", session, "account", 400 if error else 200, error=error, **values)


def _enrolment(request: Request, session: Session, secret: str, error: str = "") -> Response:
    host = urlsplit(dashboard_of(request).settings.base_url).hostname or request.url.hostname or ""
    picture = drawn(second_factor.address_of(secret, session.email, host)) if len(secret) == 32 else ""
    values = {"secret": secret, "picture": picture, "error": error}
    return settings_page(request, "second_factor.html", session, "account", 400 if error else 200, **values)


def drawn(text: str) -> str:
    """A QR code as SVG to be put into a page: dark on light in both themes, for cameras read it so."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=False, light="#fff", dark="#000", border=4, omitsize=True, nl=False)
    return out.getvalue().decode()


async def _refusal(request: Request, session: Session, given: str) -> str:
    """Why the password that was asked for again does not do; empty when it does. Guesses count as at sign-in."""
    dashboard = dashboard_of(request)
    wait = dashboard.throttle.wait(session.email, sender_of(request))
    if wait:
        return say("sign_in_slow", wait=wait)
    return "" if await check_password(dashboard.state, session.email, given) else say("password_wrong")
