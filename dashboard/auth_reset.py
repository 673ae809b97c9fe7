"""A lost password: a link by mail, or in the server's log where no mail is set up; then a new password.

Neither what is answered nor how long it takes says whether an address has an account: all that depends on it is done
after the answer was sent.
"""

import time

import structlog
from aiosmtplib import SMTPException
from sqlalchemy.exc import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from collector.state.accounts import AccountError
from collector.state.audit import note
from collector.state.resets import ResetError, begin_reset, finish_reset, whose_reset
from dashboard.auth_cookie import forget_session, form_proof, form_secret, keep_form, proves
from dashboard.auth_form import own_form
from dashboard.auth_sender import sender_of
from dashboard.context import Dashboard, dashboard_of
from dashboard.language import language, speaking
from dashboard.mail import send_mail
from dashboard.render import page
from dashboard.texts import declined, say

log = structlog.get_logger("dashboard")


async def lost_password(request: Request) -> Response:
    """`/lost-password`: asks for the address, and answers the same whatever it is."""
    if request.method == "GET":
        return _form(request, "lost_password.html", email="", error="")
    dashboard, form = dashboard_of(request), await own_form(request)
    email = form.get("email", "").strip()[:254]
    if not proves(form_proof(request), form.get("csrf", "")):
        return _form(request, "lost_password.html", 403, email=email, error=say("form_stale"))
    wait = dashboard.throttle.reset_wait(email, sender_of(request))
    if wait:
        slowed = _form(request, "lost_password.html", 429, email=email, error=say("sign_in_slow", wait=wait))
        slowed.headers["Retry-After"] = str(wait)
        return slowed
    dashboard.begin(_send_link(dashboard, email))
    text = say("lost_mailed" if dashboard.settings.smtp else "lost_logged")
    return _message(request, say("lost_title"), text)


async def new_password(request: Request) -> Response:
    """`/reset/<secret>`: the new password ends every sign-in and opens none: a second factor is asked for as ever."""
    state, now, secret = dashboard_of(request).state, int(time.time()), request.path_params["secret"]
    async with state.read() as connection:
        email = await whose_reset(connection, secret, now)
    if email is None:
        return _message(request, say("welcome_gone"), say("reset_gone_do"), 410)
    if request.method == "GET":
        return _form(request, "new_password.html", email=email, error="")
    form = await own_form(request)
    if not proves(form_proof(request), form.get("csrf", "")):
        return _form(request, "new_password.html", 403, email=email, error=say("form_stale"))
    try:
        async with state.write(followed=False) as connection:
            whose = await finish_reset(connection, secret, form.get("password", ""), now)
            await note(connection, now, whose, "password reset", account=whose)
    except ResetError:
        return _message(request, say("welcome_gone"), say("reset_gone_do"), 410)
    except AccountError as error:
        return _form(request, "new_password.html", 400, email=email, error=declined(error))
    done = _message(request, say("reset_done"), say("reset_done_do"))
    forget_session(request, done)
    return done


async def _send_link(dashboard: Dashboard, asked: str) -> None:
    settings = dashboard.settings
    try:
        async with dashboard.state.write(followed=False) as connection:
            begun = await begin_reset(connection, asked, int(time.time()))
        if begun is None:
            return
        # Never from the request: a forged Host would send the secret elsewhere.
        base = settings.base_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
        link = f"{base}/reset/{begun.secret}"
        smtp = settings.smtp
        if smtp is None:
            told = "A password was lost. Hand this link to whoever asked for it; it works once, for an hour."
            log.warning("password_link", told=told, account=begun.email, link=link)
        else:
            with speaking(begun.language or language()):  # not that of whoever asked, if the account has chosen one
                subject, text = say("mail_subject"), say("mail_text", link=link)
            await send_mail(smtp, begun.email, subject, text)
    except (SMTPException, OSError, DatabaseError) as error:
        log.error("password_link_not_sent", cause=type(error).__name__, told="look at BYLEAVE_SMTP_URL")


def _form(request: Request, template: str, status: int = 200, **values: str) -> Response:
    secret = form_secret(request)
    response = page(request, template, None, status, csrf=secret, **values)
    keep_form(request, response, secret)
    return response


def _message(request: Request, title: str, text: str, status: int = 200) -> Response:
    values = {"title": title, "text": text, "link": "/sign-in", "label": say("sign_in")}
    return page(request, "message.html", None, status, **values)
